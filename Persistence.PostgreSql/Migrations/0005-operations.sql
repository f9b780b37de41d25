-- What operators had changed, and who they were. A row is written before the work begins, and completed when it has ended: one without an end was under
-- way when its node died.

CREATE TABLE leither.operations (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    operator text NOT NULL,
    serial text NOT NULL,      -- of the certificate
    node text NOT NULL,        -- that was asked, name#incarnation
    command text NOT NULL,
    arguments text NOT NULL,   -- JSON
    ended_at timestamptz,
    exit_code smallint,
    outcome text
);

CREATE FUNCTION leither.begin_operation(p_operator text, p_serial text, p_node text, p_command text, p_arguments text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    INSERT INTO operations (operator, serial, node, command, arguments) VALUES (p_operator, p_serial, p_node, p_command, p_arguments) RETURNING number
$$;

-- An end is written once.
CREATE FUNCTION leither.end_operation(p_number bigint, p_exit_code smallint, p_outcome text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp SET enable_seqscan = off AS $$
BEGIN
    UPDATE operations SET ended_at = clock_timestamp(), exit_code = p_exit_code, outcome = p_outcome WHERE number = p_number AND ended_at IS NULL;
    RETURN FOUND;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
GRANT SELECT ON leither.operations TO leither_node;
GRANT EXECUTE ON FUNCTION leither.begin_operation, leither.end_operation TO leither_node;
