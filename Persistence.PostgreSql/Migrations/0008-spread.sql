-- Journals over several databases. docs/PROTOCOL.md, "A journal over several databases", says what every column holds.

ALTER TABLE leither.journal ADD COLUMN part smallint NOT NULL DEFAULT 0 CHECK (part BETWEEN 0 AND 63);
ALTER TABLE leither.journal ADD COLUMN map text NOT NULL DEFAULT '' CHECK (length(map) <= 4096);

-- Makes an empty journal one of the databases of a journal that is spread, or finds that it is that already. Null for the id: it keeps its own. False:
-- something is in it, or it is another journal's, or another database of this one.
CREATE FUNCTION leither.become_part(p_journal_id uuid, p_part smallint, p_map text) RETURNS boolean
LANGUAGE plpgsql SET search_path = leither, pg_temp AS $$
DECLARE
    v_journal journal;
BEGIN
    SELECT * INTO v_journal FROM journal FOR UPDATE;
    IF v_journal.map <> '' THEN
        RETURN v_journal.map = p_map AND v_journal.part = p_part AND v_journal.journal_id = coalesce(p_journal_id, v_journal.journal_id);
    END IF;
    IF v_journal.is_copying OR EXISTS (SELECT 1 FROM writers) OR EXISTS (SELECT 1 FROM snapshots) OR EXISTS (SELECT 1 FROM epochs WHERE epoch > 0) THEN
        RETURN false;
    END IF;
    UPDATE journal SET journal_id = coalesce(p_journal_id, journal_id), part = p_part, map = p_map;
    RETURN true;
END $$;

-- In another database than the first: raises epochs to those that the first has given out, and never lowers one. Waits for commits under way in those
-- streams. With a layout's version it is noted up to which one this was done. False: a higher epoch is in force already.
CREATE FUNCTION leither.follow_epochs(p_streams bytea[], p_epochs bigint[], p_owners text[], p_version bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    v_newest boolean;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM journal WHERE part > 0) THEN
        RAISE EXCEPTION 'epochs are given out here, and follow none' USING ERRCODE = 'LC001';
    END IF;

    INSERT INTO epochs (stream, epoch, owner)
        SELECT s, 0, '' FROM unnest(p_streams) s WHERE NOT EXISTS (SELECT 1 FROM epochs e WHERE e.stream = s) ORDER BY s
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM epochs WHERE stream = ANY (p_streams) ORDER BY stream FOR UPDATE;
    UPDATE epochs e SET epoch = f.epoch, owner = f.owner, acquired_at = clock_timestamp()
        FROM unnest(p_streams, p_epochs, p_owners) AS f (stream, epoch, owner) WHERE e.stream = f.stream AND e.epoch < f.epoch;
    SELECT NOT EXISTS (SELECT 1 FROM unnest(p_streams, p_epochs) AS f (stream, epoch) JOIN epochs e USING (stream) WHERE e.epoch > f.epoch) INTO v_newest;
    UPDATE versions SET version = p_version WHERE name = 'layout' AND version < p_version;
    RETURN v_newest;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leither.follow_epochs TO leither_node;
