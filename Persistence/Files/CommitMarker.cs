using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The file <c>marker</c>: the highest group whose loss is an error. Two pages, written in turn, so that an interrupted write
/// never takes the older value away. Written after each commit, one group behind (see <see cref="JournalFormat"/>); synced when a
/// segment is begun, at a compaction and at the end.
/// </summary>
/// <remarks>
/// <code>
///   0   8  "LC1markr"      (page 0: even groups, page 1: odd ones; all zeros: never written)
///   8  16  journal id
///  24   8  group number
///  32 476  zero
/// 508   4  CRC-32C of the 508 bytes before; zeros up to the next page
/// </code>
/// </remarks>
internal sealed class CommitMarker : IDisposable
{
    private const int Slots = 2;

    private static ReadOnlySpan<byte> Magic => "LC1markr"u8;

    private readonly IDiskFile _file;
    private readonly Guid _journalId;
    private readonly AlignedBuffer _page = new(PageBytes);

    public CommitMarker(IDisk disk, Guid journalId)
    {
        CheckPresent(disk);
        _file = disk.Open(MarkerName, DiskOpen.Existing);
        _journalId = journalId;
        _page.Span(0, PageBytes).Clear();
    }

    public static void Create(IDisk disk)
    {
        var pages = new AlignedBuffer(Slots * PageBytes);
        pages.Span(0, Slots * PageBytes).Clear();
        AtomicFile.Write(disk, MarkerName, pages, Slots * PageBytes);
    }

    /// <summary>The highest settled group that the file names; 0 for none. Without a journal id any will do.</summary>
    /// <exception cref="JournalCorruptException">It is not what was written.</exception>
    public static ulong Load(IDisk disk, Guid? journalId)
    {
        CheckPresent(disk);
        var pages = new AlignedBuffer(Slots * PageBytes);
        int length = AtomicFile.Read(disk, MarkerName, pages, Slots * PageBytes);
        ulong settled = 0;
        for (int slot = 0; slot < Slots; slot++)
        {
            if (length < (slot + 1) * PageBytes)
            {
                throw new JournalCorruptException(MarkerName, length, "the commit marker has been cut");
            }

            Span<byte> page = pages.Span(slot * PageBytes, PageBytes);
            if (IsZero(page))
            {
                continue;
            }

            if (!IsSealed(page[..SectorBytes], Magic)
                || !IsZero(page[SectorBytes..])
                || (journalId is { } expected && new Guid(page.Slice(8, JournalIdBytes)) != expected))
            {
                throw new JournalCorruptException(MarkerName, slot * PageBytes, "the commit marker is not what was written");
            }

            settled = Math.Max(settled, BinaryPrimitives.ReadUInt64LittleEndian(page[24..]));
        }

        return settled;
    }

    /// <summary>Notes that the group is settled. Not synced.</summary>
    public void Write(ulong group)
    {
        Span<byte> sector = _page.Span(0, SectorBytes);
        sector.Clear();
        Magic.CopyTo(sector);
        _journalId.TryWriteBytes(sector[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], group);
        SealSector(sector);
        try
        {
            _page.WriteTo(_file, (long)(group % Slots) * PageBytes, 0, PageBytes);
        }
        catch (DiskFullException)
        {
            // The marker may lag: it then says less, never anything wrong.
        }
    }

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private static void CheckPresent(IDisk disk)
    {
        if (!disk.Exists(MarkerName))
        {
            throw new JournalCorruptException(MarkerName, 0, "the file is missing");
        }
    }
}
