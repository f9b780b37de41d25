using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// The bodies of one upload as rows of <c>leither.pieces</c>, in the form in which the server's binary COPY takes them; kept until they are
/// durable, so that they can be sent again.
/// </summary>
/// <remarks>
/// A row, big-endian as the server wants it: number of columns(2) = 4 | 8(4) upload(8) | 4(4) ordinal(4) | 4(4) piece(4) | length(4) body.
/// A piece has 8,112 bytes, but for a body's last: with its header such a row fills a page of the server's (8,192 bytes), and as its column is stored plain it
/// is not moved out of line. COPY of a quarter as many rows, each four times as long, takes the server three quarters of the time.
/// </remarks>
internal sealed class PieceRows(JournalBufferPool buffers, int chunkBytes) : IDisposable
{
    public const int PieceBytes = 8112;
    public const int RowBytesMax = RowHeaderBytes + PieceBytes;

    private const int RowHeaderBytes = 2 + (4 + 8) + (4 + 4) + (4 + 4) + 4;
    private const int UploadOffset = 2 + 4;

    private readonly List<JournalBuffer> _chunks = [];

    /// <summary>Bodies taken so far: the ordinal of the next one.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many of the chunks will not grow any more.</summary>
    public int FullChunks => Math.Max(0, _chunks.Count - 1);

    /// <summary>The rows as they go to the server.</summary>
    public JournalBuffer[] Chunks => [.. _chunks];

    /// <summary>Cuts a body into rows. Throws <see cref="JournalBuffersExhaustedException"/> at the pool's bound, with nothing taken.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        int chunks = _chunks.Count;
        nint length = chunks > 0 ? _chunks[^1].Length : 0;
        long bytes = Bytes;
        try
        {
            for (int piece = 0; !body.IsEmpty; piece++)
            {
                ReadOnlySpan<byte> part = body[..Math.Min(PieceBytes, body.Length)];
                AddRow(piece, part);
                body = body[part.Length..];
            }
        }
        catch (JournalBuffersExhaustedException)
        {
            DropChunks(chunks);
            if (chunks > 0)
            {
                _chunks[^1].Length = length;
            }

            Bytes = bytes;
            throw;
        }

        Count++;
    }

    /// <summary>Cuts a body into rows that need not be kept: <paramref name="onChunk"/> takes and forgets them whenever a chunk is full.</summary>
    public void AddInParts(ReadOnlySpan<byte> body, Action onChunk)
    {
        for (int piece = 0; !body.IsEmpty; piece++)
        {
            ReadOnlySpan<byte> part = body[..Math.Min(PieceBytes, body.Length)];
            if (Bytes + RowBytesMax > chunkBytes)
            {
                onChunk();
            }

            AddRow(piece, part);
            body = body[part.Length..];
        }
    }

    /// <summary>A chunk as it goes to the server, its rows under that upload's number.</summary>
    public static ReadOnlySpan<byte> Under(long upload, JournalBuffer chunk)
    {
        Span<byte> rows = chunk.Span;
        for (int at = 0; at < rows.Length;)
        {
            BinaryPrimitives.WriteInt64BigEndian(rows[(at + UploadOffset)..], upload);
            at += RowHeaderBytes + BinaryPrimitives.ReadInt32BigEndian(rows[(at + RowHeaderBytes - 4)..]);
        }

        return rows;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        DropChunks(0);
        Count = 0;
        Bytes = 0;
    }

    public void Dispose() => Clear();

    private void DropChunks(int keep)
    {
        for (int i = keep; i < _chunks.Count; i++)
        {
            _chunks[i].Release();
        }

        _chunks.RemoveRange(keep, _chunks.Count - keep);
    }

    private void AddRow(int piece, ReadOnlySpan<byte> part)
    {
        int length = RowHeaderBytes + part.Length;
        if (_chunks.Count == 0 || _chunks[^1].Length + length > chunkBytes)
        {
            _chunks.Add(buffers.Rent(chunkBytes));
        }

        Span<byte> row = _chunks[^1].Extend(length);
        BinaryPrimitives.WriteInt16BigEndian(row, 4);
        BinaryPrimitives.WriteInt32BigEndian(row[2..], sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(row[UploadOffset..], 0);
        BinaryPrimitives.WriteInt32BigEndian(row[14..], sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(row[18..], Count);
        BinaryPrimitives.WriteInt32BigEndian(row[22..], sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(row[26..], piece);
        BinaryPrimitives.WriteInt32BigEndian(row[30..], part.Length);
        part.CopyTo(row[RowHeaderBytes..]);
        Bytes += length;
    }
}
