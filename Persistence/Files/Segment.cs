using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>One open segment file.</summary>
internal sealed class Segment(uint number, IDiskFile file) : IDisposable
{
    public uint Number => number;

    public string Name { get; } = SegmentName(number);

    public IDiskFile File => file;

    /// <summary>Bytes of room that the file has.</summary>
    public long Length { get; private set; } = file.Length;

    /// <summary>Makes the next segment, durably, with some room. Throws <see cref="DiskFullException"/> with nothing changed.</summary>
    public static Segment Create(IDisk disk, Guid journalId, uint number, JournalPosition before, long room)
    {
        string name = SegmentName(number);
        string temporary = AtomicFile.TemporaryName(name);
        var page = new AlignedBuffer(PageBytes);
        page.Span(0, PageBytes).Clear();
        new SegmentHeader { JournalId = journalId, Number = number, Before = before }.WriteTo(page.Span(0, SectorBytes));
        try
        {
            disk.Delete(temporary);
            using (IDiskFile file = disk.Open(temporary, DiskOpen.CreateNew, room))
            {
                page.WriteTo(file, 0, 0, PageBytes);
                file.Sync();
            }
        }
        catch (DiskFullException)
        {
            disk.Delete(temporary);
            throw;
        }

        disk.Rename(temporary, name);
        disk.SyncDirectory();
        return new Segment(number, disk.Open(name, DiskOpen.Existing));
    }

    /// <summary>Sets room aside up to <paramref name="wanted"/>, or at least up to <paramref name="needed"/>.</summary>
    /// <exception cref="DiskFullException">Not even that is there.</exception>
    public void Reserve(long needed, long wanted)
    {
        try
        {
            file.Reserve(wanted);
        }
        catch (DiskFullException) when (needed < wanted)
        {
            file.Reserve(needed);
        }

        Length = file.Length;
    }

    /// <summary>Cuts everything from there on, and waits until it is gone for good.</summary>
    public void CutDurably(long offset)
    {
        file.Truncate(offset);
        file.Sync();
        Length = offset;
    }

    /// <summary>Gives back the room behind the last group; nothing depends on when that becomes durable.</summary>
    public void GiveBackRoom(long end)
    {
        if (end < Length)
        {
            file.Truncate(end);
            Length = end;
        }
    }

    public void Grown(long end) => Length = Math.Max(Length, end);

    public void Dispose() => file.Dispose();
}
