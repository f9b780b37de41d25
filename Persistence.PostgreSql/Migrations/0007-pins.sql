-- Streams that operators want kept by a certain node. docs/PROTOCOL.md, "Cluster tables".

CREATE TABLE leither.pins (
    stream bytea PRIMARY KEY CHECK (octet_length(stream) = 32),
    node text NOT NULL CHECK (octet_length(node) BETWEEN 1 AND 48)
);

-- Without a node the stream goes where balance has it.
CREATE FUNCTION leither.pin(p_stream bytea, p_node text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    DELETE FROM pins WHERE stream = p_stream AND p_node IS NULL;
    INSERT INTO pins (stream, node) SELECT p_stream, p_node WHERE p_node IS NOT NULL
        ON CONFLICT (stream) DO UPDATE SET node = excluded.node;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
GRANT SELECT ON leither.pins TO leither_node;
GRANT EXECUTE ON FUNCTION leither.pin TO leither_node;
