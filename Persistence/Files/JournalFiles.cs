using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>Which files a journal has: makes the first ones, opens the segments, clears away what an interruption left.</summary>
internal static class JournalFiles
{
    /// <summary>
    /// Makes an empty journal. The control file comes last: as long as it is absent there is no journal, and an interrupted
    /// making begins anew. Refuses where there is more than that: then the control file is what is missing.
    /// </summary>
    public static void Create(IDisk disk, IChance chance, FileJournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(chance);
        Span<byte> id = stackalloc byte[JournalIdBytes];
        chance.Fill(id);
        Create(disk, new ControlFile(new Guid(id), 1), default, options);
    }

    /// <summary>Makes a journal that goes on after that position, in the control file's first segment.</summary>
    public static void Create(IDisk disk, ControlFile control, JournalPosition after, FileJournalOptions options)
    {
        CheckNothingIsLost(disk);
        RemoveTemporaries(disk);
        disk.Delete(MarkerName);
        disk.Delete(SegmentName(1));
        CommitMarker.Create(disk);
        Segment.Create(disk, control.JournalId, control.FirstSegment, after, options.AllocationStepBytes).Dispose();
        control.Save(disk);
    }

    /// <summary>The segments that the control file keeps, in order.</summary>
    /// <exception cref="JournalCorruptException">One is missing.</exception>
    public static List<Segment> OpenSegments(IDisk disk, ControlFile control, DiskOpen mode)
    {
        var segments = new List<Segment>();
        uint expected = control.FirstSegment;
        foreach (string name in disk.List())
        {
            if (!TryParseSegmentName(name, out uint number) || number < control.FirstSegment)
            {
                continue;
            }

            if (number != expected)
            {
                break;
            }

            segments.Add(new Segment(number, disk.Open(name, mode)));
            expected++;
        }

        bool isComplete = segments.Count > 0 && !disk.List().Any(name => TryParseSegmentName(name, out uint number) && number >= expected);
        if (!isComplete)
        {
            segments.ForEach(segment => segment.Dispose());
            throw new JournalCorruptException(SegmentName(expected), 0, "the segment is missing");
        }

        return segments;
    }

    /// <summary>Deletes temporary files, and segments that a compaction had given up.</summary>
    public static void RemoveLeftovers(IDisk disk, ControlFile control)
    {
        RemoveTemporaries(disk);
        foreach (string name in disk.List())
        {
            if (TryParseSegmentName(name, out uint number) && number < control.FirstSegment)
            {
                disk.Delete(name);
            }
        }
    }

    public static bool IsJournalFile(string name) =>
        name is ControlName or MarkerName || TryParseSegmentName(name, out _) || TryParseSnapshotName(name, out _);

    private static void RemoveTemporaries(IDisk disk)
    {
        foreach (string name in disk.List())
        {
            if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal) && IsJournalFile(name[..^TemporarySuffix.Length]))
            {
                disk.Delete(name);
            }
        }
    }

    private static void CheckNothingIsLost(IDisk disk)
    {
        foreach (string name in disk.List())
        {
            bool isLeftover = name switch
            {
                MarkerName => CommitMarker.Load(disk, null) == 0,
                _ when TryParseSegmentName(name, out uint number) => number == 1 && HoldsNoGroup(disk, name),
                _ => !IsJournalFile(name),
            };
            if (!isLeftover)
            {
                throw new JournalCorruptException(ControlName, 0, $"the file is missing, but {name} is there and holds data");
            }
        }
    }

    private static bool HoldsNoGroup(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        var reader = new SegmentReader(file);
        return IsZero(reader.Peek(PageBytes, SectorBytes));
    }
}
