using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The header of one block: 128 bytes in its group's table. Never all zeros, so that a zero sector of a table was never written.
/// </summary>
/// <remarks>
/// <code>
///   0   4  "LCbk"
///   4   4  CRC-32C of the 120 bytes that follow
///   8  32  stream
///  40   8  beat
///  48   8  time sequence
///  56   4  epoch
///  60   1  kind, then 3 zero bytes
///  64   8  offset of the body in the group
///  72   8  length of the body
///  80   4  CRC-32C of the body
///  84   4  zero pieces: how many of the body's sector pieces (its part of one sector) are all zeros
///  88   8  number of the group that holds the stream's previous block; 0 for its first
///  96  32  zero
/// </code>
/// </remarks>
public readonly struct BlockHeader
{
    public const int Size = 128;

    private const int ChecksummedFrom = 8;

    private static ReadOnlySpan<byte> Magic => "LCbk"u8;

    public required BlockKey Key { get; init; }

    public required ulong TimeSequence { get; init; }

    public required uint Epoch { get; init; }

    public required long Offset { get; init; }

    public required int Length { get; init; }

    public required uint BodyChecksum { get; init; }

    public required int ZeroPieces { get; init; }

    public required ulong PreviousGroup { get; init; }

    /// <summary>Writes the 128 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        Magic.CopyTo(destination);
        Key.Stream.WriteTo(destination[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], Key.Beat);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], TimeSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[56..], Epoch);
        destination[60] = Key.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(destination[64..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(destination[72..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[80..], BodyChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(destination[84..], ZeroPieces);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[88..], PreviousGroup);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Crc32C.Of(destination[ChecksummedFrom..]));
    }

    /// <summary>Reads 128 bytes; false when magic or checksum do not hold, or the header says what no writer writes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        source = source[..Size];
        header = default;
        if (!source[..4].SequenceEqual(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Crc32C.Of(source[ChecksummedFrom..]))
        {
            return false;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(source[72..]);
        if (length is < 0 or > JournalFormat.BodyBytesMax)
        {
            return false;
        }

        header = new BlockHeader
        {
            Key = new BlockKey(StreamId.Read(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[40..]), source[60]),
            TimeSequence = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
            Epoch = BinaryPrimitives.ReadUInt32LittleEndian(source[56..]),
            Offset = BinaryPrimitives.ReadInt64LittleEndian(source[64..]),
            Length = (int)length,
            BodyChecksum = BinaryPrimitives.ReadUInt32LittleEndian(source[80..]),
            ZeroPieces = BinaryPrimitives.ReadInt32LittleEndian(source[84..]),
            PreviousGroup = BinaryPrimitives.ReadUInt64LittleEndian(source[88..]),
        };
        return header.Offset >= JournalFormat.SectorBytes;
    }

    /// <summary>
    /// How many sector pieces of a body that begins at <paramref name="offset"/> are all zeros. A piece is what the body has in
    /// one 512-byte sector of the file.
    /// </summary>
    public static int CountZeroPieces(long offset, ReadOnlySpan<byte> body)
    {
        int count = 0;
        int first = JournalFormat.SectorBytes - (int)(offset % JournalFormat.SectorBytes);
        for (int length = Math.Min(first, body.Length); body.Length > 0; length = Math.Min(JournalFormat.SectorBytes, body.Length))
        {
            if (body[0] == 0 && JournalFormat.IsZero(body[..length]))
            {
                count++;
            }

            body = body[length..];
        }

        return count;
    }
}
