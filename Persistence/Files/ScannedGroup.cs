using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>One group as it stands in a segment: its header, its block headers, and how to read and check the rest.</summary>
internal sealed class ScannedGroup
{
    private readonly List<BlockHeader> _blocks = [];

    public required Segment Segment { get; init; }

    /// <summary>Of its header sector, in the file.</summary>
    public required long Offset { get; init; }

    public required GroupHeader Header { get; init; }

    public required GroupHeader.Chain Chain { get; init; }

    public long End => Offset + Header.Length;

    public ReadOnlySpan<BlockHeader> Blocks => CollectionsMarshal.AsSpan(_blocks);

    /// <summary>Reads the group whose header stands at that offset; false when none does.</summary>
    public static bool TryRead(Segment segment, SegmentReader reader, long offset, int readAhead, out ScannedGroup group, out GroupDamage? damage)
    {
        ReadOnlySpan<byte> sector = reader.Peek(offset, SectorBytes, readAhead);
        group = null!;
        damage = null;
        if (!GroupHeader.TryRead(sector, out GroupHeader header))
        {
            return false;
        }

        group = new ScannedGroup { Segment = segment, Offset = offset, Header = header, Chain = GroupHeader.Chain.Of(sector) };
        damage = group.ReadTable(reader);
        return true;
    }

    private GroupDamage? ReadTable(SegmentReader reader)
    {
        long start = Offset + Header.TableOffset;
        ReadOnlySpan<byte> table = reader.Peek(start, Header.TableLength);
        for (int at = 0; at < Header.TableLength; at += BlockHeader.Size)
        {
            int sectorStart = at & -SectorBytes;
            int sectorEnd = Math.Min(sectorStart + SectorBytes, Header.TableLength);
            if (table.Length < sectorEnd || IsZero(table[sectorStart..sectorEnd]))
            {
                return new GroupDamage(true, start + sectorStart, $"the table of group {Header.Number} was never written here");
            }

            if (!BlockHeader.TryRead(table.Slice(at, BlockHeader.Size), out BlockHeader block)
                || block.Offset + block.Length > Header.Length)
            {
                return new GroupDamage(false, start + at, $"a block header of group {Header.Number} is not what was written");
            }

            _blocks.Add(block);
        }

        return Crc32C.Of(table) == Header.TableChecksum
            ? null
            : new GroupDamage(false, start, $"the table of group {Header.Number} is not what was written");
    }
}
