-- Members, votes, and the layout of streams over nodes. docs/PROTOCOL.md, "Cluster tables", says what every column holds.

-- The rows that every change of the members, and of the layout, advances by compare-and-swap.
CREATE TABLE leither.versions (
    name text PRIMARY KEY CHECK (name IN ('members', 'layout')),
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0)
) WITH (fillfactor = 50);
INSERT INTO leither.versions (name) VALUES ('members'), ('layout');

CREATE TABLE leither.members (
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 48),
    incarnation bigint NOT NULL CHECK (incarnation BETWEEN 1 AND 4294967295),
    address text NOT NULL CHECK (length(address) BETWEEN 1 AND 255),
    roles smallint NOT NULL CHECK (roles BETWEEN 1 AND 7),
    program text NOT NULL CHECK (length(program) BETWEEN 1 AND 255),
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
    joined_at bigint NOT NULL,
    heartbeat bigint NOT NULL DEFAULT 0,
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, incarnation)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX members_one_life ON leither.members (name) WHERE state < 3;

CREATE TABLE leither.votes (
    suspect text NOT NULL,
    suspect_incarnation bigint NOT NULL,
    voter text NOT NULL,
    voter_incarnation bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (suspect, suspect_incarnation, voter, voter_incarnation)
) WITH (fillfactor = 50);

-- The layout's version that gave a stream to its owner; null where no layout did.
ALTER TABLE leither.epochs ADD COLUMN assigned_at bigint;

-- Counts a member's heartbeat up, unless it is down or removed.
CREATE FUNCTION leither.member_alive(p_name text, p_incarnation bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
    UPDATE members SET heartbeat = heartbeat + 1, heartbeat_at = clock_timestamp() WHERE name = p_name AND incarnation = p_incarnation AND state < 3;
$$;

-- Changes members and votes, if the version is still that one; false: it is not, and nothing was done. A change against the rules raises LC001.
-- A vote with lifetime 0 is taken back.
CREATE FUNCTION leither.change_members(
    p_version bigint,
    p_names text[], p_incarnations bigint[], p_addresses text[], p_roles smallint[], p_programs text[], p_states smallint[],
    p_dropped text[], p_dropped_incarnations bigint[],
    p_suspects text[], p_suspect_incarnations bigint[], p_voters text[], p_voter_incarnations bigint[], p_lifetimes_ms integer[])
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
DECLARE
    v_dropped bigint;
BEGIN
    UPDATE versions SET version = version + 1 WHERE name = 'members' AND version = p_version;
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    IF EXISTS (
        SELECT 1 FROM unnest(p_names, p_incarnations, p_states) AS r (name, incarnation, state) LEFT JOIN members m USING (name, incarnation)
        WHERE CASE WHEN m.name IS NULL
            THEN r.state <> 0 OR EXISTS (SELECT 1 FROM members o WHERE o.name = r.name AND o.incarnation > r.incarnation)
            ELSE r.state <= m.state END) THEN
        RAISE EXCEPTION 'a change of the members against their rules' USING ERRCODE = 'LC001';
    END IF;

    UPDATE members m SET state = r.state FROM unnest(p_names, p_incarnations, p_states) AS r (name, incarnation, state)
        WHERE m.name = r.name AND m.incarnation = r.incarnation;
    INSERT INTO members (name, incarnation, address, roles, program, state, joined_at)
        SELECT r.name, r.incarnation, r.address, r.roles, r.program, r.state, p_version + 1
        FROM unnest(p_names, p_incarnations, p_addresses, p_roles, p_programs, p_states) AS r (name, incarnation, address, roles, program, state)
        WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.name = r.name AND m.incarnation = r.incarnation);

    DELETE FROM members m USING unnest(p_dropped, p_dropped_incarnations) AS d (name, incarnation)
        WHERE m.name = d.name AND m.incarnation = d.incarnation AND m.state = 4
            AND EXISTS (SELECT 1 FROM members n WHERE n.name = d.name AND n.incarnation > d.incarnation);
    GET DIAGNOSTICS v_dropped = ROW_COUNT;
    IF v_dropped <> cardinality(p_dropped) THEN
        RAISE EXCEPTION 'a change of the members against their rules' USING ERRCODE = 'LC001';
    END IF;

    INSERT INTO votes AS v (suspect, suspect_incarnation, voter, voter_incarnation, expires_at)
        SELECT c.suspect, c.suspect_incarnation, c.voter, c.voter_incarnation, clock_timestamp() + c.lifetime_ms * interval '1 millisecond'
        FROM unnest(p_suspects, p_suspect_incarnations, p_voters, p_voter_incarnations, p_lifetimes_ms)
            AS c (suspect, suspect_incarnation, voter, voter_incarnation, lifetime_ms)
        ON CONFLICT (suspect, suspect_incarnation, voter, voter_incarnation) DO UPDATE SET expires_at = excluded.expires_at;
    DELETE FROM votes v WHERE v.expires_at <= clock_timestamp()
        OR NOT EXISTS (SELECT 1 FROM members m WHERE m.name = v.suspect AND m.incarnation = v.suspect_incarnation AND m.state < 3)
        OR NOT EXISTS (SELECT 1 FROM members m WHERE m.name = v.voter AND m.incarnation = v.voter_incarnation AND m.state < 3);
    RETURN true;
END $$;

-- Gives streams to nodes, each under an epoch above any it had, if the layout's version is still that one; false: it is not, and nothing was done.
-- Waits for commits under way in those streams: after it none can follow under an older epoch.
CREATE FUNCTION leither.advance_layout(p_version bigint, p_streams bytea[], p_owners text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    v_whole_stream constant bytea := decode(repeat('00', 32), 'hex');
    v_whole bigint;
BEGIN
    UPDATE versions SET version = version + 1 WHERE name = 'layout' AND version = p_version;
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    IF v_whole_stream = ANY (p_streams) OR cardinality(p_streams) <> (SELECT count(DISTINCT s) FROM unnest(p_streams) s) THEN
        RAISE EXCEPTION 'a layout with a stream twice, or with that of the whole journal' USING ERRCODE = 'LC001';
    END IF;

    SELECT epoch INTO v_whole FROM epochs WHERE stream = v_whole_stream FOR SHARE;
    INSERT INTO epochs (stream, epoch, owner)
        SELECT s, 0, '' FROM unnest(p_streams) s WHERE NOT EXISTS (SELECT 1 FROM epochs e WHERE e.stream = s) ORDER BY s
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM epochs WHERE stream = ANY (p_streams) ORDER BY stream FOR UPDATE;
    UPDATE epochs e SET epoch = greatest(e.epoch, v_whole) + 1, owner = m.owner, assigned_at = p_version + 1, acquired_at = clock_timestamp()
        FROM unnest(p_streams, p_owners) AS m (stream, owner) WHERE e.stream = m.stream;
    RETURN true;
END $$;

-- As before; besides, whoever acquires an epoch takes the stream out of the layout.
CREATE OR REPLACE FUNCTION leither.acquire_epoch(p_stream bytea, p_owner text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
DECLARE
    v_whole_stream constant bytea := decode(repeat('00', 32), 'hex');
    v_whole bigint;
    v_raised bigint;
BEGIN
    IF p_stream = v_whole_stream THEN
        PERFORM 1 FROM epochs WHERE stream = v_whole_stream FOR UPDATE;
        UPDATE epochs SET epoch = (SELECT max(epoch) FROM epochs) + 1, owner = p_owner, acquired_at = clock_timestamp()
            WHERE stream = v_whole_stream RETURNING epoch INTO v_raised;
    ELSE
        SELECT epoch INTO v_whole FROM epochs WHERE stream = v_whole_stream FOR SHARE;
        INSERT INTO epochs AS e (stream, epoch, owner) VALUES (p_stream, v_whole + 1, p_owner)
            ON CONFLICT (stream) DO UPDATE
                SET epoch = greatest(e.epoch, v_whole) + 1, owner = p_owner, assigned_at = NULL, acquired_at = clock_timestamp()
            RETURNING e.epoch INTO v_raised;
    END IF;
    RETURN v_raised;
END $$;

-- As before, but for nodes that commit meanwhile: what a writer needs and where its chain ends is looked at as of one moment, and the base is written
-- last, so that no group that came after that moment is taken for one that nobody needs, and no commit waits while old rows are deleted.
CREATE OR REPLACE FUNCTION leither.compact(p_keep_from bigint, p_sweep_after interval DEFAULT '1 day') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp SET enable_seqscan = on AS $$
DECLARE
    v_writers text[];
    v_bases bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('leither.compact'));
    WITH base AS (
        SELECT DISTINCT ON (stream) stream, time_sequence, beat FROM snapshots WHERE time_sequence <= p_keep_from
        ORDER BY stream, time_sequence DESC, beat DESC),
    gone AS (
        DELETE FROM snapshots s USING base b WHERE s.stream = b.stream AND (s.time_sequence, s.beat) < (b.time_sequence, b.beat)
        RETURNING s.upload),
    swept AS (DELETE FROM uploads u USING gone g WHERE u.upload = g.upload)
    DELETE FROM pieces p USING gone g WHERE p.upload = g.upload;

    WITH base AS (
        SELECT DISTINCT ON (stream) stream, beat FROM snapshots WHERE time_sequence <= p_keep_from
        ORDER BY stream, time_sequence DESC, beat DESC),
    needed AS (
        SELECT b.writer, min(b.number) AS number FROM blocks b LEFT JOIN base ON base.stream = b.stream
        WHERE base.stream IS NULL OR b.beat > base.beat GROUP BY b.writer)
    SELECT array_agg(w.writer), array_agg(coalesce(n.number - 1, w.number)) INTO v_writers, v_bases
        FROM writers w LEFT JOIN needed n ON n.writer = w.writer;

    WITH gone AS (
        DELETE FROM blocks b USING unnest(v_writers, v_bases) AS w (writer, base) WHERE b.writer = w.writer AND b.number <= w.base
        RETURNING b.upload, b.ordinal)
    DELETE FROM pieces p USING gone g WHERE p.upload = g.upload AND p.ordinal = g.ordinal;
    DELETE FROM groups g USING unnest(v_writers, v_bases) AS w (writer, base) WHERE g.writer = w.writer AND g.number <= w.base;

    WITH gone AS (
        DELETE FROM uploads u
        WHERE u.made_at < clock_timestamp() - p_sweep_after
            AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.upload = u.upload)
            AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.upload = u.upload)
        RETURNING u.upload)
    DELETE FROM pieces p USING gone g WHERE p.upload = g.upload;

    UPDATE writers w SET base = g.base FROM unnest(v_writers, v_bases) AS g (writer, base) WHERE w.writer = g.writer AND w.base < g.base;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
GRANT SELECT ON leither.versions, leither.members, leither.votes TO leither_node;
GRANT EXECUTE ON FUNCTION leither.member_alive, leither.change_members, leither.advance_layout TO leither_node;
