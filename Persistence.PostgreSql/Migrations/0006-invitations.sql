-- Which cluster the database is of, who may let nodes into it, and what operators want placed otherwise. docs/PROTOCOL.md, "Cluster tables" and "Letting a
-- node in", says what every column holds.

CREATE TABLE leither.cluster (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 48),
    authority text NOT NULL CHECK (authority ~ '^[0-9a-f]{64}$')
);

CREATE TABLE leither.issuers (
    node text PRIMARY KEY CHECK (octet_length(node) BETWEEN 1 AND 48),
    address text NOT NULL CHECK (length(address) BETWEEN 1 AND 255)
);

CREATE TABLE leither.invitations (
    id bytea PRIMARY KEY CHECK (octet_length(id) = 8),
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    node text NOT NULL CHECK (octet_length(node) <= 48),
    roles smallint NOT NULL CHECK (roles BETWEEN 1 AND 7),
    made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 255),
    expires_at timestamptz NOT NULL,
    used_by text,
    used_key bytea
);

CREATE TABLE leither.drains (
    node text PRIMARY KEY CHECK (octet_length(node) BETWEEN 1 AND 48)
);

-- Says which cluster this is, if nobody has; answers which it is, and the server's wall clock in milliseconds since 1970.
CREATE FUNCTION leither.name_cluster(p_name text, p_authority text) RETURNS TABLE (name text, authority text, clock_ms bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    INSERT INTO cluster (name, authority) VALUES (p_name, p_authority) ON CONFLICT DO NOTHING;
    SELECT c.name, c.authority, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM cluster c;
$$;

-- A node that has the authority's folder, and where it is asked; without an address it has it no more.
CREATE FUNCTION leither.announce_issuer(p_node text, p_address text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    DELETE FROM issuers WHERE node = p_node AND p_address IS NULL;
    INSERT INTO issuers (node, address) SELECT p_node, p_address WHERE p_address IS NOT NULL
        ON CONFLICT (node) DO UPDATE SET address = excluded.address;
$$;

-- A new invitation; false: as many as may be are open. Those that ended a week ago are forgotten.
CREATE FUNCTION leither.make_invitation(p_id bytea, p_secret_hash bytea, p_node text, p_roles smallint, p_lifetime_s integer, p_made_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
BEGIN
    DELETE FROM invitations WHERE expires_at < clock_timestamp() - interval '7 days';
    IF (SELECT count(*) FROM invitations WHERE expires_at > clock_timestamp() AND used_by IS NULL) >= 1000 THEN
        RETURN false;
    END IF;

    INSERT INTO invitations (id, secret_hash, node, roles, made_by, expires_at)
        VALUES (p_id, p_secret_hash, p_node, p_roles, p_made_by, clock_timestamp() + p_lifetime_s * interval '1 second');
    RETURN true;
END $$;

-- Uses an invitation up. Outcome: 0 used now, or before with the same name and key; 1 there is none, or its secret is another; 2 it is over; 3 it was used
-- up; 4 it is for another name. Whom it is for, or who used it, goes with 3 and 4.
CREATE FUNCTION leither.use_invitation(p_id bytea, p_secret_hash bytea, p_node text, p_key bytea) RETURNS TABLE (outcome integer, node text, roles smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
DECLARE
    v invitations;
BEGIN
    SELECT * INTO v FROM invitations i WHERE i.id = p_id FOR UPDATE;
    IF NOT FOUND OR v.secret_hash <> p_secret_hash THEN
        RETURN QUERY SELECT 1, ''::text, 0::smallint;
    ELSIF v.expires_at <= clock_timestamp() THEN
        RETURN QUERY SELECT 2, v.node, v.roles;
    ELSIF v.used_by IS NOT NULL AND (v.used_by <> p_node OR v.used_key <> p_key) THEN
        RETURN QUERY SELECT 3, v.used_by, v.roles;
    ELSIF v.node NOT IN ('', p_node) THEN
        RETURN QUERY SELECT 4, v.node, v.roles;
    ELSE
        UPDATE invitations i SET used_by = p_node, used_key = p_key WHERE i.id = p_id;
        RETURN QUERY SELECT 0, p_node, v.roles;
    END IF;
END $$;

-- Whether a node is to keep nothing, until that is taken back.
CREATE FUNCTION leither.drain(p_node text, p_is_drained boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    DELETE FROM drains WHERE node = p_node AND NOT p_is_drained;
    INSERT INTO drains (node) SELECT p_node WHERE p_is_drained ON CONFLICT DO NOTHING;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
GRANT SELECT ON leither.cluster, leither.issuers, leither.invitations, leither.drains TO leither_node;
GRANT EXECUTE ON FUNCTION leither.name_cluster, leither.announce_issuer, leither.make_invitation, leither.use_invitation, leither.drain TO leither_node;
