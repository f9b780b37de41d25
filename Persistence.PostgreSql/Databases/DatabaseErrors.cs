using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>What an error of the database means to a journal.</summary>
/// <remarks>Source: the server's table of error codes (PostgreSQL 15, appendix A).</remarks>
internal static class DatabaseErrors
{
    /// <summary>
    /// Full: the server's disk has no room, nothing is lost. Unavailable: it cannot be reached, stops, is a standby, or takes too long.
    /// Conflict: a block's key is taken. Null: nothing that a journal could live with.
    /// </summary>
    public static JournalOutcome? OutcomeOf(Exception error) => error switch
    {
        PostgresException refused => OutcomeOf(refused.SqlState),
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => JournalOutcome.Unavailable,

        // Npgsql closes a connection that broke; who uses it after that is told so.
        ObjectDisposedException or InvalidOperationException { Source: "Npgsql" } => JournalOutcome.Unavailable,
        _ => null,
    };

    /// <summary>A damaged table or index, or a disk error under it: the journal's corruption. Any other error as it is.</summary>
    public static Exception Final(Exception error) => error is PostgresException { SqlState: ['X', 'X', ..] or "58030" } damaged
        ? new JournalCorruptException($"the database says that it is damaged: {damaged.MessageText}", error)
        : error;

    private static JournalOutcome? OutcomeOf(string state) => state switch
    {
        PostgresErrorCodes.DiskFull => JournalOutcome.Full,
        PostgresErrorCodes.UniqueViolation => JournalOutcome.Conflict,

        // Connections (08), serialization and deadlocks (40), short of resources (53), not in the state for it or a lock not had in
        // time (55), operators and shutdown (57); a database that turned read-only is a primary no more.
        ['0', '8', ..] or ['4', '0', ..] or ['5', '3', ..] or ['5', '5', ..] or ['5', '7', ..] => JournalOutcome.Unavailable,
        PostgresErrorCodes.ReadOnlySqlTransaction => JournalOutcome.Unavailable,
        _ => null,
    };
}
