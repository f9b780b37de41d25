using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>
/// One connection for one thread: opened when it is needed, given up after any error, opened anew at the next need. Every new one
/// is checked to be the primary of the same journal, so that after a fail-over nothing is written to another one's past.
/// </summary>
internal sealed class ServerLink(DatabaseAddress address, string purpose, TimeSpan statementTimeout) : IDisposable
{
    private NpgsqlConnection? _connection;

    /// <summary>The journal that must be found there; set at the first connection.</summary>
    public Guid JournalId { get; set; }

    /// <summary>Whether a journal that is still being copied is wanted.</summary>
    public bool AcceptsCopying { get; init; }

    public bool IsOpen => _connection is not null;

    /// <summary>The open connection.</summary>
    /// <exception cref="DatabaseUnavailableException">No host of the address is a primary that answers.</exception>
    /// <exception cref="DatabaseUnfitException">The database is not as a journal needs it.</exception>
    /// <exception cref="JournalCorruptException">It holds another journal than before.</exception>
    public NpgsqlConnection Use()
    {
        if (_connection is { } open)
        {
            return open;
        }

        Exception? last = null;
        foreach (string text in address.ConnectionStrings)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text)
            {
                ApplicationName = purpose,
                CommandTimeout = (int)statementTimeout.TotalSeconds,
                MaxAutoPrepare = 32,
                WriteBufferSize = 64 << 10,
                ReadBufferSize = 64 << 10,
            }.ConnectionString);
            try
            {
                connection.Open();
                Prepare(connection);
                return _connection = connection;
            }
            catch (Exception error)
            {
                connection.Dispose();
                if (error is not DatabaseUnavailableException && DatabaseErrors.OutcomeOf(error) is null)
                {
                    throw Explain(error);
                }

                last = error;
            }
        }

        throw new DatabaseUnavailableException($"No database answers at {address}: {last?.Message}", last);
    }

    /// <summary>Gives the connection up; what it was doing has an unknown outcome.</summary>
    public void Break()
    {
        NpgsqlConnection? connection = _connection;
        _connection = null;
        try
        {
            connection?.Dispose();
        }
        catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is not null)
        {
            // It was broken already.
        }
    }

    public void Dispose() => Break();

    // Without scans a table that can only be scanned counts as very dear, and the server would compile machine code for every such query: 0.1 s for what takes 0.1 ms.
    private void Prepare(NpgsqlConnection connection)
    {
        using (var settings = new NpgsqlCommand(
            "SET default_transaction_isolation = 'read committed'; SET lock_timeout = '10s'; SET client_min_messages = 'error'; SET enable_seqscan = off; SET jit = off; "
            + "SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on' ELSE current_setting('synchronous_commit') END, false), "
            + "pg_is_in_recovery(), current_setting('fsync')",
            connection))
        using (NpgsqlDataReader reader = settings.ExecuteReader())
        {
            reader.Read();
            if (reader.GetBoolean(1))
            {
                throw new DatabaseUnavailableException($"{connection.Host}:{connection.Port} is a standby");
            }

            if (reader.GetString(2) != "on")
            {
                throw new DatabaseUnfitException($"The server at {connection.Host}:{connection.Port} runs with fsync = off: what it calls committed can be lost. Switch it on.");
            }
        }

        CheckJournal(connection);
    }

    private void CheckJournal(NpgsqlConnection connection)
    {
        Migrator.CheckVersion(connection);
        using var command = new NpgsqlCommand("SELECT journal_id, is_copying, part, map FROM leither.journal", connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        Guid found = reader.GetGuid(0);
        if (reader.GetBoolean(1) && !AcceptsCopying)
        {
            throw new DatabaseUnfitException("A copy into this journal was not finished. Run the same `leither journal copy` again.");
        }

        CheckPart(reader.GetInt16(2), reader.GetString(3));
        if (JournalId != Guid.Empty && JournalId != found)
        {
            throw new JournalCorruptException($"the database holds journal {found} where journal {JournalId} was");
        }

        JournalId = found;
    }

    private void CheckPart(int number, string map)
    {
        if (number == (address.Part?.Number ?? 0) && map == (address.Part?.Map.Text ?? ""))
        {
            return;
        }

        throw new DatabaseUnfitException((address.Part, map) switch
        {
            (null, _) => $"{address} is database {number + 1} of a journal that is spread: {map}. Name all its databases, in that order.",
            ({ } part, "") => $"{address} holds a journal by itself, and is named as database {part.Number + 1} of one that is spread. "
                + "Prepare an empty database with `leither db init` and all addresses; `leither journal copy` brings a journal there.",
            ({ } part, _) => $"{address} is database {number + 1} of '{map}', and is named as database {part.Number + 1} of '{part.Map}'. "
                + "Name the same databases in the same order, with the same branches, as when the journal was made.",
        });
    }

    private static Exception Explain(Exception error) => error is PostgresException { SqlState: "28000" or "28P01" or "3D000" or "42501" } refused
        ? new DatabaseUnfitException($"The database refuses: {refused.MessageText}", error)
        : DatabaseErrors.Final(error);
}
