-- The journal's tables. docs/PROTOCOL.md, "Journal tables", says what every column holds.

CREATE TABLE leither.journal (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    journal_id uuid NOT NULL DEFAULT gen_random_uuid(),
    is_copying boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO leither.journal DEFAULT VALUES;

-- Ownership: whoever writes to a stream must name an epoch of at least that of its row, and of that of 32 zero bytes.
CREATE TABLE leither.epochs (
    stream bytea PRIMARY KEY CHECK (octet_length(stream) = 32),
    epoch bigint NOT NULL CHECK (epoch BETWEEN 0 AND 4294967295),
    owner text NOT NULL,
    acquired_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
INSERT INTO leither.epochs (stream, epoch, owner) VALUES (decode(repeat('00', 32), 'hex'), 0, '');

-- Bodies go in first, cut into pieces, by COPY. Pieces that no block and no snapshot names are ignored, and swept later.
CREATE SEQUENCE leither.upload_numbers AS bigint INCREMENT BY 256 NO CYCLE;

CREATE TABLE leither.uploads (
    upload bigint PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE leither.pieces (
    upload bigint NOT NULL,
    ordinal integer NOT NULL,
    piece integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (upload, ordinal, piece)
);
ALTER TABLE leither.pieces ALTER body SET STORAGE PLAIN;

-- Each writer has a chain of groups of its own; its row is the end of that chain.
CREATE TABLE leither.writers (
    writer text PRIMARY KEY CHECK (octet_length(writer) BETWEEN 1 AND 64),
    base bigint NOT NULL DEFAULT 0 CHECK (base >= 0),
    number bigint NOT NULL DEFAULT 0 CHECK (number >= base),
    beat bigint NOT NULL DEFAULT 0,
    phase smallint NOT NULL DEFAULT 0,
    time_sequence_high bigint NOT NULL DEFAULT 0,
    chain bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(chain) = 32)
) WITH (fillfactor = 50);

CREATE TABLE leither.groups (
    writer text NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    beat bigint NOT NULL CHECK (beat >= 0),
    phase smallint NOT NULL CHECK (phase BETWEEN 0 AND 255),
    blocks integer NOT NULL CHECK (blocks > 0),
    table_checksum bigint NOT NULL,
    time_sequence_high bigint NOT NULL CHECK (time_sequence_high >= 0),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    attempt bigint NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (writer, number)
);

CREATE TABLE leither.blocks (
    stream bytea NOT NULL CHECK (octet_length(stream) = 32),
    beat bigint NOT NULL CHECK (beat >= 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 255),
    epoch bigint NOT NULL CHECK (epoch BETWEEN 0 AND 4294967295),
    time_sequence bigint NOT NULL CHECK (time_sequence >= 0),
    length bigint NOT NULL CHECK (length BETWEEN 0 AND 1073741824),
    checksum bigint NOT NULL CHECK (checksum BETWEEN 0 AND 4294967295),
    writer text NOT NULL,
    number bigint NOT NULL,
    place integer NOT NULL,
    upload bigint NOT NULL,
    ordinal integer NOT NULL,
    PRIMARY KEY (stream, beat, kind),
    UNIQUE (writer, number, place)
);

CREATE TABLE leither.snapshots (
    stream bytea NOT NULL CHECK (octet_length(stream) = 32),
    time_sequence bigint NOT NULL CHECK (time_sequence >= 0),
    beat bigint NOT NULL CHECK (beat >= 0),
    length bigint NOT NULL CHECK (length BETWEEN 0 AND 1073741824),
    checksum bigint NOT NULL CHECK (checksum BETWEEN 0 AND 4294967295),
    upload bigint NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream, time_sequence, beat)
);
