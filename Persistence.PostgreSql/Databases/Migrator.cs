using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>Brings the schema of a database to this program's version; only ever forward. Each migration is one transaction.</summary>
public static class Migrator
{
    private const string Begin = """
        SELECT pg_advisory_lock(hashtext('leither.migrations'));
        CREATE SCHEMA IF NOT EXISTS leither;
        CREATE TABLE IF NOT EXISTS leither.migrations (
            version integer PRIMARY KEY,
            name text NOT NULL,
            digest bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """;

    /// <summary>The schema's version from which on a journal knows whether it is spread.</summary>
    private const int PartsSince = 8;

    /// <summary>Makes the database where there is none.</summary>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="DatabaseUnavailableException">No server answers.</exception>
    /// <exception cref="DatabaseUnfitException">The server refuses.</exception>
    public static bool CreateDatabase(DatabaseAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Run(address.WithDatabase("postgres"), connection =>
        {
            using var look = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = address.Database } } };
            if (look.ExecuteScalar() is not null)
            {
                return false;
            }

            Execute(connection, $"CREATE DATABASE {Quote(address.Database)} TEMPLATE template0 ENCODING 'UTF8'");
            return true;
        });
    }

    /// <summary>Applies what is missing, in order. Run again it does nothing; two at once wait for each other.</summary>
    /// <returns>The migrations that were applied.</returns>
    /// <exception cref="DatabaseUnavailableException">No server answers.</exception>
    /// <exception cref="DatabaseUnfitException">The schema is newer than this program or not one of its making, or the server refuses.</exception>
    public static IReadOnlyList<Migration> Migrate(DatabaseAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Run(address, connection =>
        {
            Execute(connection, Begin);
            int version = ReadVersion(connection);
            RefuseNewer(version);
            Migration[] missing = [.. Migration.All.Where(migration => migration.Version > version)];
            foreach (Migration migration in missing)
            {
                Apply(connection, migration);
            }

            return missing;
        });
    }

    /// <summary>Makes new databases the parts of one journal, and has each remember which it is. Run again it does nothing.</summary>
    /// <param name="databases">Several; each migrated.</param>
    /// <exception cref="DatabaseUnavailableException">No server answers.</exception>
    /// <exception cref="DatabaseUnfitException">One holds something already, or is part of another journal; or the server refuses.</exception>
    /// <returns>The journal's id.</returns>
    public static Guid Spread(JournalDatabases databases)
    {
        ArgumentNullException.ThrowIfNull(databases);
        Guid? journalId = null;
        foreach (DatabaseAddress address in databases.All)
        {
            journalId = Run(address, connection => BecomePart(connection, address, journalId));
        }

        return journalId!.Value;
    }

    /// <summary>Makes a login with the rights of a node, or gives an existing one those rights and that password.</summary>
    /// <exception cref="DatabaseUnavailableException">No server answers.</exception>
    /// <exception cref="DatabaseUnfitException">The server refuses.</exception>
    public static void CreateLogin(DatabaseAddress address, string name, string? password)
    {
        ArgumentNullException.ThrowIfNull(address);
        Run(address, connection =>
        {
            using var look = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = name } } };
            if (look.ExecuteScalar() is null)
            {
                Execute(connection, $"CREATE ROLE {Quote(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
            }

            if (password is not null)
            {
                Execute(connection, $"ALTER ROLE {Quote(name)} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");
            }

            Execute(connection, $"GRANT leither_node TO {Quote(name)}");
            return true;
        });
    }

    /// <summary>How the database stands; changes nothing.</summary>
    /// <exception cref="DatabaseUnavailableException">No server answers.</exception>
    /// <exception cref="DatabaseUnfitException">The server refuses.</exception>
    public static DatabaseStatus Look(DatabaseAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Run(address, connection =>
        {
            int version = ReadVersion(connection);
            var empty = new DatabaseStatus(address.ToString(), connection.ServerVersion, version, Migration.All.Count, null, false, 0, "", 0, 0, 0, 0, 0);
            if (version == 0)
            {
                return empty;
            }

            using var command = new NpgsqlCommand(
                $"SELECT journal_id, is_copying, {(version < PartsSince ? "0::smallint, ''" : "part, map")}, (SELECT count(*) FROM leither.writers WHERE number > base), (SELECT count(*) FROM leither.groups), "
                + "(SELECT count(*) FROM leither.blocks), (SELECT count(*) FROM leither.snapshots), "
                + "(SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relnamespace = 'leither'::regnamespace AND relkind = 'r') FROM leither.journal",
                connection);
            using NpgsqlDataReader reader = command.ExecuteReader();
            reader.Read();
            return empty with
            {
                JournalId = reader.GetGuid(0),
                IsCopying = reader.GetBoolean(1),
                Part = reader.GetInt16(2),
                Map = reader.GetString(3),
                Writers = reader.GetInt64(4),
                Groups = reader.GetInt64(5),
                Blocks = reader.GetInt64(6),
                Snapshots = reader.GetInt64(7),
                Bytes = reader.GetInt64(8),
            };
        });
    }

    /// <summary>Refuses a schema that this program does not know to the letter.</summary>
    internal static void CheckVersion(NpgsqlConnection connection)
    {
        int version = ReadVersion(connection);
        RefuseNewer(version);
        if (version < Migration.All.Count)
        {
            throw new DatabaseUnfitException(version == 0
                ? "There is no journal in the database. Run `leither db init`."
                : $"The database's schema is version {version}, this program needs {Migration.All.Count}. Run `leither db migrate`.");
        }
    }

    private static void RefuseNewer(int version)
    {
        if (version > Migration.All.Count)
        {
            throw new DatabaseUnfitException($"The database's schema is version {version}, newer than this program's {Migration.All.Count}. Use a newer leither.");
        }
    }

    /// <summary>The schema's version, 0 for none, after a look that all its steps are those of this program.</summary>
    private static int ReadVersion(NpgsqlConnection connection)
    {
        using (var look = new NpgsqlCommand("SELECT to_regclass('leither.migrations') IS NOT NULL", connection))
        {
            if (!(bool)look.ExecuteScalar()!)
            {
                return 0;
            }
        }

        using var command = new NpgsqlCommand("SELECT version, digest FROM leither.migrations ORDER BY version", connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        int version = 0;
        while (reader.Read())
        {
            version++;
            bool isKnown = version > Migration.All.Count || reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(Migration.All[version - 1].Digest);
            if (reader.GetInt32(0) != version || !isKnown)
            {
                throw new DatabaseUnfitException($"The database's schema is not one that leither made: its migration {version} differs. Use another database.");
            }
        }

        return version;
    }

    private static Guid BecomePart(NpgsqlConnection connection, DatabaseAddress address, Guid? journalId)
    {
        JournalPart part = address.Part!;
        using (var become = new NpgsqlCommand("SELECT leither.become_part($1, $2, $3)", connection))
        {
            become.Parameters.Add(new NpgsqlParameter { Value = (object?)journalId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
            become.Parameters.Add(new NpgsqlParameter { Value = (short)part.Number });
            become.Parameters.Add(new NpgsqlParameter { Value = part.Map.Text });
            if (!(bool)become.ExecuteScalar()!)
            {
                throw new DatabaseUnfitException(
                    $"{address} cannot be database {part.Number + 1} of '{part.Map}': it holds a journal, or part of another one. Name an empty database, or the same ones in the same order as before.");
            }
        }

        using var look = new NpgsqlCommand("SELECT journal_id FROM leither.journal", connection);
        return (Guid)look.ExecuteScalar()!;
    }

    private static void Apply(NpgsqlConnection connection, Migration migration)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        Execute(connection, migration.Sql);
        using (var note = new NpgsqlCommand("INSERT INTO leither.migrations (version, name, digest) VALUES ($1, $2, $3)", connection))
        {
            note.Parameters.Add(new NpgsqlParameter { Value = migration.Version });
            note.Parameters.Add(new NpgsqlParameter { Value = migration.Name });
            note.Parameters.Add(new NpgsqlParameter { Value = migration.Digest });
            note.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static T Run<T>(DatabaseAddress address, Func<NpgsqlConnection, T> work)
    {
        try
        {
            using var connection = new NpgsqlConnection(address.ConnectionStrings[0]);
            connection.Open();
            return work(connection);
        }
        catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is Runtime.Journaling.JournalOutcome.Unavailable)
        {
            throw new DatabaseUnavailableException($"No database answers at {address}: {error.Message}", error);
        }
        catch (PostgresException error)
        {
            throw new DatabaseUnfitException($"The database refuses: {error.MessageText}", error);
        }
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        // The texts are this assembly's own, and names are quoted; $n is PL/pgSQL's own here, so nothing is parsed for parameters.
#pragma warning disable CA2100
        using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
