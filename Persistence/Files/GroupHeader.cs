using System.Buffers.Binary;
using System.Security.Cryptography;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The header sector of a group, 512 bytes; written last, so that it is the group's commit mark.
/// </summary>
/// <remarks>
/// <code>
///   0   8  "LC1group"
///   8  16  journal id
///  24   8  group number, from 1, no gaps
///  32   8  beat                         (beat, phase) rises strictly
///  40   1  phase, then 7 zero bytes
///  48   8  length of the group, a multiple of 4,096
///  56   8  offset of the table in the group, a multiple of 512
///  64   4  number of blocks, at least 1
///  68   4  CRC-32C of the table
///  72   8  highest time sequence of a block in this group or before it
///  80  32  SHA-256 of the previous group's header sector; zeros in group 1
/// 112 396  zero
/// 508   4  CRC-32C of the 508 bytes before
/// </code>
/// </remarks>
public readonly struct GroupHeader
{
    private static ReadOnlySpan<byte> Magic => "LC1group"u8;

    public required Guid JournalId { get; init; }

    public required ulong Number { get; init; }

    public required GroupMark Mark { get; init; }

    public required long Length { get; init; }

    public required long TableOffset { get; init; }

    public required int BlockCount { get; init; }

    public required uint TableChecksum { get; init; }

    public required ulong TimeSequenceHigh { get; init; }

    public required Chain Previous { get; init; }

    public int TableLength => BlockCount * BlockHeader.Size;

    /// <summary>Writes the 512 bytes.</summary>
    public void WriteTo(Span<byte> sector)
    {
        sector = sector[..SectorBytes];
        sector.Clear();
        Magic.CopyTo(sector);
        JournalId.TryWriteBytes(sector[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[32..], Mark.Beat);
        sector[40] = Mark.Phase;
        BinaryPrimitives.WriteInt64LittleEndian(sector[48..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(sector[56..], TableOffset);
        BinaryPrimitives.WriteInt32LittleEndian(sector[64..], BlockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[68..], TableChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[72..], TimeSequenceHigh);
        Previous.WriteTo(sector[80..]);
        SealSector(sector);
    }

    /// <summary>
    /// Reads a sector; false when magic or checksum do not hold, or the header says what no writer writes.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> sector, out GroupHeader header)
    {
        header = default;
        if (sector.Length < SectorBytes || !IsSealed(sector[..SectorBytes], Magic))
        {
            return false;
        }

        header = new GroupHeader
        {
            JournalId = new Guid(sector.Slice(8, JournalIdBytes)),
            Number = BinaryPrimitives.ReadUInt64LittleEndian(sector[24..]),
            Mark = new GroupMark(BinaryPrimitives.ReadUInt64LittleEndian(sector[32..]), sector[40]),
            Length = BinaryPrimitives.ReadInt64LittleEndian(sector[48..]),
            TableOffset = BinaryPrimitives.ReadInt64LittleEndian(sector[56..]),
            BlockCount = BinaryPrimitives.ReadInt32LittleEndian(sector[64..]),
            TableChecksum = BinaryPrimitives.ReadUInt32LittleEndian(sector[68..]),
            TimeSequenceHigh = BinaryPrimitives.ReadUInt64LittleEndian(sector[72..]),
            Previous = Chain.Read(sector[80..]),
        };
        return header.Number > 0
            && header.BlockCount is > 0 and <= GroupBlocksMax
            && header.Length > 0 && header.Length % PageBytes == 0
            && header.TableOffset >= SectorBytes && header.TableOffset % SectorBytes == 0
            && header.TableOffset + header.TableLength <= header.Length;
    }

    /// <summary>The SHA-256 of a header sector, the link that the next group holds.</summary>
    public readonly record struct Chain(UInt128 Low, UInt128 High)
    {
        public static Chain Of(ReadOnlySpan<byte> sector)
        {
            Span<byte> digest = stackalloc byte[ChainBytes];
            SHA256.HashData(sector[..SectorBytes], digest);
            return Read(digest);
        }

        public static Chain Read(ReadOnlySpan<byte> source) =>
            new(BinaryPrimitives.ReadUInt128LittleEndian(source), BinaryPrimitives.ReadUInt128LittleEndian(source[16..]));

        public void WriteTo(Span<byte> destination)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(destination, Low);
            BinaryPrimitives.WriteUInt128LittleEndian(destination[16..], High);
        }

        public override string ToString()
        {
            Span<byte> bytes = stackalloc byte[ChainBytes];
            WriteTo(bytes);
            return Convert.ToHexStringLower(bytes);
        }
    }
}
