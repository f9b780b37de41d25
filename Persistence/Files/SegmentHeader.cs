using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The first sector of a segment, its page's only content: where the journal stood when the segment was begun.
/// </summary>
/// <remarks>
/// <code>
///   0   8  "LC1segmt"
///   8  16  journal id
///  24   4  segment number, from 1, no gaps; then 4 zero bytes
///  32   8  number of the last group before it; 0 for none
///  40   8  beat of that group
///  48   1  phase of that group, then 7 zero bytes
///  56   8  highest time sequence so far
///  64  32  SHA-256 of that group's header sector
///  96 412  zero
/// 508   4  CRC-32C of the 508 bytes before
/// </code>
/// </remarks>
public readonly struct SegmentHeader
{
    private static ReadOnlySpan<byte> Magic => "LC1segmt"u8;

    public required Guid JournalId { get; init; }

    public required uint Number { get; init; }

    public required JournalPosition Before { get; init; }

    /// <summary>Writes the 512 bytes.</summary>
    public void WriteTo(Span<byte> sector)
    {
        sector = sector[..SectorBytes];
        sector.Clear();
        Magic.CopyTo(sector);
        JournalId.TryWriteBytes(sector[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[24..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[32..], Before.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[40..], Before.Mark.Beat);
        sector[48] = Before.Mark.Phase;
        BinaryPrimitives.WriteUInt64LittleEndian(sector[56..], Before.TimeSequenceHigh);
        Before.Chain.WriteTo(sector[64..]);
        SealSector(sector);
    }

    /// <summary>Reads a sector; false when magic or checksum do not hold.</summary>
    public static bool TryRead(ReadOnlySpan<byte> sector, out SegmentHeader header)
    {
        header = default;
        if (sector.Length < SectorBytes || !IsSealed(sector[..SectorBytes], Magic))
        {
            return false;
        }

        header = new SegmentHeader
        {
            JournalId = new Guid(sector.Slice(8, JournalIdBytes)),
            Number = BinaryPrimitives.ReadUInt32LittleEndian(sector[24..]),
            Before = new JournalPosition(
                BinaryPrimitives.ReadUInt64LittleEndian(sector[32..]),
                new GroupMark(BinaryPrimitives.ReadUInt64LittleEndian(sector[40..]), sector[48]),
                BinaryPrimitives.ReadUInt64LittleEndian(sector[56..]),
                GroupHeader.Chain.Read(sector[64..])),
        };
        return true;
    }
}

/// <summary>Where a journal stands after a group.</summary>
/// <param name="Group">Number of the last group; 0 for none.</param>
/// <param name="Mark">Its mark.</param>
/// <param name="TimeSequenceHigh">Highest time sequence of a block so far.</param>
/// <param name="Chain">SHA-256 of its header sector; zeros for none.</param>
public readonly record struct JournalPosition(ulong Group, GroupMark Mark, ulong TimeSequenceHigh, GroupHeader.Chain Chain)
{
    public static JournalPosition AfterGroup(in GroupHeader header, GroupHeader.Chain chain) =>
        new(header.Number, header.Mark, header.TimeSequenceHigh, chain);
}
