using System.Buffers.Binary;
using System.Globalization;
using LeitherCluster.LoadTests.Measuring;
using Npgsql;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The limit of a journal in PostgreSQL: the same bytes by binary COPY out of memory into tables like the journal's, one a connection, which grow, on the same server with nothing else
/// running.
/// </summary>
internal static class CopyLimit
{
    private const int Columns = 4;

    // As the journal cuts bodies: with its header such a row fills one of the server's pages.
    private const int PieceBytes = 8_112;
    private const int RowBytes = sizeof(short) + (4 * sizeof(int)) + sizeof(long) + (2 * sizeof(int)) + PieceBytes;
    private const int RowsPerWrite = 128;
    private const long BytesPerTransaction = 64L << 20;

    private static readonly byte[] s_header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] s_trailer = [0xFF, 0xFF];

    /// <summary>Bytes of bodies that the server takes a second.</summary>
    /// <param name="address">of a database where tables may be made</param>
    /// <param name="connections">so many copy side by side</param>
    /// <param name="bytes">altogether</param>
    public static double BytesPerSecond(string address, int connections, long bytes)
    {
        byte[] rows = Rows();
        for (int table = 0; table < connections; table++)
        {
            Execute(address, $"CREATE TABLE {NameOf(table)} (LIKE leither.pieces INCLUDING ALL)");
        }

        long transactions = Math.Max(1, bytes / connections / BytesPerTransaction);
        double seconds = RunTime.Of(() => Parallel.For(0, connections, new ParallelOptions { MaxDegreeOfParallelism = connections }, connection =>
        {
            for (long transaction = 0; transaction < transactions; transaction++)
            {
                Copy(address, NameOf(connection), rows, transaction);
            }
        })).WallSeconds;
        for (int table = 0; table < connections; table++)
        {
            Execute(address, $"DROP TABLE {NameOf(table)}");
        }

        return transactions * connections * (BytesPerTransaction / PieceBytes * PieceBytes) / seconds;
    }

    private static string NameOf(int table) => string.Create(CultureInfo.InvariantCulture, $"copied_{table}");

    private static byte[] Rows()
    {
        byte[] rows = new byte[RowsPerWrite * RowBytes];
        new Random(1).NextBytes(rows);
        for (int at = 0; at < rows.Length; at += RowBytes)
        {
            Span<byte> row = rows.AsSpan(at, RowBytes);
            BinaryPrimitives.WriteInt16BigEndian(row, Columns);
            BinaryPrimitives.WriteInt32BigEndian(row[2..], sizeof(long));
            BinaryPrimitives.WriteInt32BigEndian(row[14..], sizeof(int));
            BinaryPrimitives.WriteInt32BigEndian(row[22..], sizeof(int));
            BinaryPrimitives.WriteInt32BigEndian(row[26..], 0);
            BinaryPrimitives.WriteInt32BigEndian(row[30..], PieceBytes);
        }

        return rows;
    }

    private static void Copy(string address, string table, byte[] made, long upload)
    {
        byte[] rows = [.. made];
        using NpgsqlConnection connection = Connect(address);
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using (NpgsqlRawCopyStream copy = connection.BeginRawBinaryCopy($"COPY {table} (upload, ordinal, piece, body) FROM STDIN (FORMAT binary)"))
        {
            copy.Write(s_header);
            int left = (int)(BytesPerTransaction / PieceBytes);
            for (int ordinal = 0; left > 0; left -= RowsPerWrite)
            {
                int count = Math.Min(left, RowsPerWrite);
                for (int row = 0; row < count; row++, ordinal++)
                {
                    BinaryPrimitives.WriteInt64BigEndian(rows.AsSpan((row * RowBytes) + 6), upload);
                    BinaryPrimitives.WriteInt32BigEndian(rows.AsSpan((row * RowBytes) + 18), ordinal);
                }

                copy.Write(rows.AsSpan(0, count * RowBytes));
            }

            copy.Write(s_trailer);
        }

        transaction.Commit();
    }

    private static NpgsqlConnection Connect(string address)
    {
        var connection = new NpgsqlConnection(address);
        connection.Open();
        return connection;
    }

    private static void Execute(string address, string sql)
    {
        using NpgsqlConnection connection = Connect(address);
#pragma warning disable CA2100 // Constant text and a number.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
