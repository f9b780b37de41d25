using System.Globalization;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// One COPY of pieces, in a transaction of its own. It holds no lock that anybody waits for, so one that is left half done by a paused
/// node blocks nobody. Who gives one up breaks its connection.
/// </summary>
internal sealed class Upload
{
    private static readonly byte[] s_header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] s_trailer = [0xFF, 0xFF];

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlRawCopyStream _stream;
    private int _sent;

    private Upload(NpgsqlConnection connection, NpgsqlRawCopyStream stream, long number)
    {
        _connection = connection;
        _stream = stream;
        Number = number;
    }

    public long Number { get; }

    /// <summary>Begins the transaction and the COPY in it.</summary>
    /// <param name="connection">where no other upload is under way</param>
    /// <param name="number">that was never given before</param>
    /// <param name="table">from 1: into which of the tables of pieces</param>
    public static Upload Begin(NpgsqlConnection connection, long number, int table = 1)
    {
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"BEGIN; INSERT INTO leither.uploads (upload) VALUES ({number})"));
        string into = table == 1 ? "pieces" : string.Create(CultureInfo.InvariantCulture, $"pieces_{table}");
        NpgsqlRawCopyStream stream = connection.BeginRawBinaryCopy($"COPY leither.{into} (upload, ordinal, piece, body) FROM STDIN (FORMAT binary)");
        stream.Write(s_header);
        return new Upload(connection, stream, number);
    }

    /// <summary>Sends the chunks from the first on, but for those that were sent before.</summary>
    public void Send(ReadOnlySpan<JournalBuffer> chunks)
    {
        for (; _sent < chunks.Length; _sent++)
        {
            _stream.Write(PieceRows.Under(Number, chunks[_sent]));
        }
    }

    /// <summary>Sends everything and forgets it: it cannot be sent again.</summary>
    public void SendAndForget(PieceRows rows)
    {
        Send(rows.Chunks);
        rows.Clear();
        _sent = 0;
    }

    /// <summary>
    /// Sends the rest and commits; durable at once, or with the next durable commit on this server (a transaction log is made durable in
    /// order).
    /// </summary>
    public void Complete(PieceRows rows, bool isDurable)
    {
        Send(rows.Chunks);
        _stream.Write(s_trailer);
        _stream.Dispose();
        Execute(_connection, isDurable ? "COMMIT" : "SET LOCAL synchronous_commit = off; COMMIT");
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constant text and a number.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
