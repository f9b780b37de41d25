-- Everything a node may change goes through these. They run with the rights of the schema's owner, so that a node needs none on the tables.

-- Raises an epoch above the one in force (for the whole journal: above every stream's) and returns it.
CREATE FUNCTION leither.acquire_epoch(p_stream bytea, p_owner text) RETURNS bigint
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
            ON CONFLICT (stream) DO UPDATE SET epoch = greatest(e.epoch, v_whole) + 1, owner = p_owner, acquired_at = clock_timestamp()
            RETURNING e.epoch INTO v_raised;
    END IF;
    RETURN v_raised;
END $$;

-- Names the blocks of a group whose bodies were copied in before, all of them or none. Outcomes: 0 done, 1 fenced (a higher epoch is in
-- force for o_stream), 5 conflict (o_stream has a block of that key), 7 the writer's chain does not end where this group begins,
-- 8 an upload is not there.
CREATE FUNCTION leither.name_group(
    p_writer text, p_number bigint, p_beat bigint, p_phase smallint, p_time_sequence_high bigint, p_table_checksum bigint,
    p_previous bytea, p_chain bytea, p_attempt bigint,
    p_streams bytea[], p_beats bigint[], p_kinds smallint[], p_epochs bigint[], p_time_sequences bigint[],
    p_lengths bigint[], p_checksums bigint[], p_uploads bigint[], p_ordinals integer[],
    OUT o_outcome integer, OUT o_stream bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp
    -- Always by index: a plan made while the tables were small is kept.
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    v_whole_stream constant bytea := decode(repeat('00', 32), 'hex');
    v_uploads bigint[] := ARRAY(SELECT DISTINCT u FROM unnest(p_uploads) u ORDER BY u);
    v_whole bigint;
BEGIN
    o_outcome := 0;
    INSERT INTO writers (writer) VALUES (p_writer) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM writers WHERE writer = p_writer AND number = p_number - 1 AND chain = p_previous FOR UPDATE;
    IF NOT FOUND THEN
        o_outcome := 7;
        RETURN;
    END IF;

    INSERT INTO epochs (stream, epoch, owner)
        SELECT DISTINCT s, 0, '' FROM unnest(p_streams) s WHERE NOT EXISTS (SELECT 1 FROM epochs e WHERE e.stream = s) ORDER BY s
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM epochs WHERE stream = ANY (p_streams) OR stream = v_whole_stream ORDER BY stream FOR SHARE;
    SELECT epoch INTO v_whole FROM epochs WHERE stream = v_whole_stream;
    SELECT g.stream INTO o_stream FROM unnest(p_streams, p_epochs) AS g (stream, epoch) JOIN epochs e USING (stream)
        WHERE g.epoch < greatest(e.epoch, v_whole) ORDER BY g.stream LIMIT 1;
    IF FOUND THEN
        o_outcome := 1;
        RETURN;
    END IF;

    SELECT b.stream INTO o_stream FROM unnest(p_streams, p_beats, p_kinds) AS g (stream, beat, kind)
        JOIN blocks b USING (stream, beat, kind) ORDER BY b.stream LIMIT 1;
    IF FOUND THEN
        o_outcome := 5;
        RETURN;
    END IF;

    IF (SELECT count(*) FROM (SELECT 1 FROM uploads WHERE upload = ANY (v_uploads) ORDER BY upload FOR SHARE) held) <> cardinality(v_uploads) THEN
        o_outcome := 8;
        RETURN;
    END IF;

    INSERT INTO groups (writer, number, beat, phase, blocks, table_checksum, time_sequence_high, previous, attempt)
        VALUES (p_writer, p_number, p_beat, p_phase, cardinality(p_streams), p_table_checksum, p_time_sequence_high, p_previous, p_attempt);
    INSERT INTO blocks (stream, beat, kind, epoch, time_sequence, length, checksum, writer, number, place, upload, ordinal)
        SELECT g.stream, g.beat, g.kind, g.epoch, g.time_sequence, g.length, g.checksum, p_writer, p_number, g.place, g.upload, g.ordinal
        FROM unnest(p_streams, p_beats, p_kinds, p_epochs, p_time_sequences, p_lengths, p_checksums, p_uploads, p_ordinals)
            WITH ORDINALITY AS g (stream, beat, kind, epoch, time_sequence, length, checksum, upload, ordinal, place);
    UPDATE writers SET number = p_number, beat = p_beat, phase = p_phase, time_sequence_high = p_time_sequence_high, chain = p_chain
        WHERE writer = p_writer;
END $$;

-- The group commit. It commits inside, so that no lock is held while the server waits for a node; that is why it has not the owner's
-- rights itself: the server lets no such procedure commit.
CREATE PROCEDURE leither.commit_group(
    p_writer text, p_number bigint, p_beat bigint, p_phase smallint, p_time_sequence_high bigint, p_table_checksum bigint,
    p_previous bytea, p_chain bytea, p_attempt bigint,
    p_streams bytea[], p_beats bigint[], p_kinds smallint[], p_epochs bigint[], p_time_sequences bigint[],
    p_lengths bigint[], p_checksums bigint[], p_uploads bigint[], p_ordinals integer[],
    INOUT o_outcome integer DEFAULT NULL, INOUT o_stream bytea DEFAULT NULL)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT n.o_outcome, n.o_stream INTO o_outcome, o_stream FROM leither.name_group(
        p_writer, p_number, p_beat, p_phase, p_time_sequence_high, p_table_checksum, p_previous, p_chain, p_attempt,
        p_streams, p_beats, p_kinds, p_epochs, p_time_sequences, p_lengths, p_checksums, p_uploads, p_ordinals) n;
    COMMIT;
END $$;

-- Names a snapshot whose body was copied in before. Outcomes: 0 done, 4 it is there already, 8 its upload is not there.
CREATE FUNCTION leither.name_snapshot(
    p_stream bytea, p_time_sequence bigint, p_beat bigint, p_length bigint, p_checksum bigint, p_upload bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp AS $$
BEGIN
    PERFORM 1 FROM uploads WHERE upload = p_upload FOR SHARE;
    IF NOT FOUND THEN
        RETURN 8;
    END IF;
    INSERT INTO snapshots (stream, time_sequence, beat, length, checksum, upload)
        VALUES (p_stream, p_time_sequence, p_beat, p_length, p_checksum, p_upload) ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE 4 END;
END $$;

-- Drops what no state from a time sequence on needs: snapshots older than their stream's base (the newest one of at most that time
-- sequence), and of each writer the leading groups in which every block is covered by its stream's base. Then sweeps uploads that nothing
-- has named for p_sweep_after.
CREATE FUNCTION leither.compact(p_keep_from bigint, p_sweep_after interval DEFAULT '1 day') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = leither, pg_temp SET enable_seqscan = on AS $$
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
    UPDATE writers w SET base = coalesce((SELECT n.number - 1 FROM needed n WHERE n.writer = w.writer), w.number);

    WITH gone AS (
        DELETE FROM blocks b USING writers w WHERE b.writer = w.writer AND b.number <= w.base RETURNING b.upload, b.ordinal)
    DELETE FROM pieces p USING gone g WHERE p.upload = g.upload AND p.ordinal = g.ordinal;
    DELETE FROM groups g USING writers w WHERE g.writer = w.writer AND g.number <= w.base;

    WITH gone AS (
        DELETE FROM uploads u
        WHERE u.made_at < clock_timestamp() - p_sweep_after
            AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.upload = u.upload)
            AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.upload = u.upload)
        RETURNING u.upload)
    DELETE FROM pieces p USING gone g WHERE p.upload = g.upload;
END $$;

-- Takes a new, empty journal for a copy of another one, or goes on with that copy. False: there is something else in it.
CREATE FUNCTION leither.begin_copy(p_journal_id uuid, p_writer text, p_base bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = leither, pg_temp AS $$
DECLARE
    v_journal journal;
BEGIN
    SELECT * INTO v_journal FROM journal FOR UPDATE;
    IF v_journal.is_copying THEN
        RETURN v_journal.journal_id = p_journal_id AND EXISTS (SELECT 1 FROM writers WHERE writer = p_writer AND base = p_base);
    END IF;
    IF EXISTS (SELECT 1 FROM writers) OR EXISTS (SELECT 1 FROM snapshots) OR EXISTS (SELECT 1 FROM epochs WHERE epoch > 0) THEN
        RETURN false;
    END IF;
    INSERT INTO writers (writer, base, number) VALUES (p_writer, p_base, p_base);
    UPDATE journal SET journal_id = p_journal_id, is_copying = true;
    RETURN true;
END $$;

-- The copy is whole: nodes may open the journal.
CREATE FUNCTION leither.end_copy(p_owners bytea[], p_epochs bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = leither, pg_temp AS $$
BEGIN
    INSERT INTO epochs AS e (stream, epoch, owner) SELECT o.stream, o.epoch, '' FROM unnest(p_owners, p_epochs) AS o (stream, epoch)
        ON CONFLICT (stream) DO UPDATE SET epoch = excluded.epoch;
    UPDATE journal SET is_copying = false;
END $$;
