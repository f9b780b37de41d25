-- The rights of a node: it reads everything, adds bodies, and changes the rest only through the functions. It deletes and updates nothing.

DO $$ BEGIN
    CREATE ROLE leither_node NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- roles belong to the server, which may hold several journals
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA leither FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA leither FROM PUBLIC;
GRANT USAGE ON SCHEMA leither TO leither_node;
GRANT SELECT ON ALL TABLES IN SCHEMA leither TO leither_node;
GRANT INSERT ON leither.uploads, leither.pieces TO leither_node;
GRANT USAGE ON SEQUENCE leither.upload_numbers TO leither_node;
GRANT EXECUTE ON FUNCTION leither.acquire_epoch, leither.name_group, leither.name_snapshot, leither.compact TO leither_node;
GRANT EXECUTE ON PROCEDURE leither.commit_group TO leither_node;
