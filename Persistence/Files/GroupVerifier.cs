using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// Reads every byte of a group: bodies against their checksums, and zeros everywhere else. Says torn only where sectors that were
/// never written explain what is wrong (<see cref="JournalFormat"/>).
/// </summary>
internal sealed class GroupVerifier(SegmentReader reader, ScannedGroup group)
{
    private GroupDamage? _damage;

    /// <summary>What is wrong with the group whose table has been read without damage; null when nothing is.</summary>
    public GroupDamage? Verify()
    {
        long at = group.Offset;
        foreach (Part part in Parts())
        {
            if (part.Start < at)
            {
                Note(false, part.Start, "two parts overlap");
                return _damage;
            }

            VerifyZeros(at, part.Start);
            if (part.End > reader.FileLength)
            {
                Note(true, reader.FileLength, "the file ends before the group does");
                return _damage;
            }

            if (part.Block >= 0)
            {
                VerifyBody(part.Start, group.Blocks[part.Block]);
            }

            at = part.End;
        }

        VerifyZeros(at, group.End);
        return _damage;
    }

    private List<Part> Parts()
    {
        GroupHeader header = group.Header;
        var parts = new List<Part>(group.Blocks.Length + 2)
        {
            new(group.Offset, group.Offset + SectorBytes, -1),
            new(group.Offset + header.TableOffset, group.Offset + header.TableOffset + header.TableLength, -1),
        };
        for (int i = 0; i < group.Blocks.Length; i++)
        {
            BlockHeader block = group.Blocks[i];
            parts.Add(new Part(group.Offset + block.Offset, group.Offset + block.Offset + block.Length, i));
        }

        parts.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        return parts;
    }

    private void VerifyBody(long start, in BlockHeader block)
    {
        uint checksum = 0;
        int zeroPieces = 0;
        bool wholeSectorIsZero = false;
        long end = start + block.Length;
        for (long at = start; at < end;)
        {
            // From sector to sector, so that a piece is seen together with the rest of its sector.
            long sectors = at & -SectorBytes;
            int length = (int)Math.Min(SegmentReader.ReadAheadBytes, ((end + SectorBytes - 1) & -SectorBytes) - sectors);
            ReadOnlySpan<byte> window = reader.Peek(sectors, length, SegmentReader.ReadAheadBytes);
            int skip = (int)(at - sectors);
            ReadOnlySpan<byte> body = window[skip..(int)Math.Min(window.Length, end - sectors)];
            checksum = Crc32C.Append(checksum, body);
            int zeros = BlockHeader.CountZeroPieces(at, body);
            zeroPieces += zeros;
            wholeSectorIsZero |= zeros > 0 && HasZeroSector(window);
            at += body.Length;
        }

        if (checksum != block.BodyChecksum)
        {
            Note(wholeSectorIsZero && zeroPieces > block.ZeroPieces, start, $"the body of {block.Key} is not what was written");
        }
    }

    private static bool HasZeroSector(ReadOnlySpan<byte> window)
    {
        for (; window.Length >= SectorBytes; window = window[SectorBytes..])
        {
            if (IsZero(window[..SectorBytes]))
            {
                return true;
            }
        }

        return window.Length > 0 && IsZero(window);
    }

    private void VerifyZeros(long start, long end)
    {
        end = Math.Min(end, reader.FileLength);
        while (start < end)
        {
            ReadOnlySpan<byte> gap = reader.Peek(start, (int)Math.Min(end - start, SegmentReader.ReadAheadBytes));
            int wrong = gap.IndexOfAnyExcept((byte)0);
            if (wrong >= 0)
            {
                Note(false, start + wrong, "there is something where nothing was written");
                return;
            }

            start += gap.Length;
        }
    }

    /// <summary>The first damage is told, but one that is no tear before any that is.</summary>
    private void Note(bool torn, long offset, string what)
    {
        if (_damage is null || (_damage.Torn && !torn))
        {
            _damage = new GroupDamage(torn, offset, $"group {group.Header.Number}: {what}");
        }
    }

    private readonly record struct Part(long Start, long End, int Block);
}
