using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>Puts a body together again from its rows.</summary>
internal static class Pieces
{
    /// <summary>Reads a body into a buffer, whose length is set.</summary>
    /// <exception cref="JournalCorruptException">It is not what was written.</exception>
    public static void Read(NpgsqlConnection connection, long upload, int ordinal, int length, uint checksum, JournalBuffer into, object what)
    {
        using var command = new NpgsqlCommand("SELECT body FROM leither.pieces WHERE upload = $1 AND ordinal = $2 ORDER BY piece", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = upload });
        command.Parameters.Add(new NpgsqlParameter { Value = ordinal });
        into.Length = 0;
        into.EnsureCapacity(length);
        byte[] piece = new byte[PieceRows.PieceBytes];
        bool fits = true;
        using (NpgsqlDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                int read = (int)reader.GetBytes(0, 0, piece, 0, piece.Length);
                fits &= into.Length + read <= length;
                if (fits)
                {
                    into.Append(piece.AsSpan(0, read));
                }
            }
        }

        if (!fits || into.Length != length || Crc32C.Of(into.Span) != checksum)
        {
            throw new JournalCorruptException("leither.pieces", upload, $"the body of {what} (upload {upload}, ordinal {ordinal}) is not what was written");
        }
    }
}
