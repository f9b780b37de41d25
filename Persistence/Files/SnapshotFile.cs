using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>One snapshot file.</summary>
/// <remarks>
/// <code>
///   0   8  "LC1snaps"
///   8  16  journal id
///  24  32  stream
///  56   8  time sequence
///  64   8  beat
///  72   8  length of the body
///  80   4  CRC-32C of the body
///  84   4  zero
///  88   8  number of the last group when it was taken: without that group the journal has not come as far as this
///  96 412  zero
/// 508   4  CRC-32C of the 508 bytes before; zeros up to the next page
/// 4096 ..  body, then zeros up to the next page
/// </code>
/// </remarks>
internal static unsafe class SnapshotFile
{
    private static ReadOnlySpan<byte> Magic => "LC1snaps"u8;

    /// <summary>Writes the file, durably, and returns its length. On <see cref="DiskFullException"/> nothing is left of it.</summary>
    /// <param name="page">scratch for the header's page</param>
    public static long Write(IDisk disk, Guid journalId, SnapshotKey key, ulong group, JournalBuffer body, AlignedBuffer page)
    {
        string name = SnapshotName(key);
        string temporary = AtomicFile.TemporaryName(name);
        long padded = PageCeiling(body.Length);
        WriteHeader(page.Span(0, PageBytes), journalId, key, group, body);
        new Span<byte>(body.Pointer + body.Length, (int)(padded - body.Length)).Clear();
        try
        {
            disk.Delete(temporary);
            using (IDiskFile file = disk.Open(temporary, DiskOpen.CreateNew, PageBytes + padded))
            {
                page.WriteTo(file, 0, 0, PageBytes);
                if (padded > 0)
                {
                    file.WriteAligned(PageBytes, body.Pointer, (nint)padded);
                }

                file.Sync();
            }

            disk.Rename(temporary, name);
            disk.SyncDirectory();
            return PageBytes + padded;
        }
        catch (DiskFullException)
        {
            disk.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads and checks the whole file.</summary>
    /// <param name="page">scratch for the header's page</param>
    /// <exception cref="JournalCorruptException">It is not what was written.</exception>
    public static void Read(IDisk disk, Guid journalId, SnapshotKey key, JournalBuffer into, AlignedBuffer page)
    {
        string name = SnapshotName(key);
        using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        Span<byte> header = page.Span(0, PageBytes);
        if (file.Read(0, header) < PageBytes
            || !IsSealed(header[..SectorBytes], Magic)
            || !IsZero(header[SectorBytes..])
            || new Guid(header.Slice(8, JournalIdBytes)) != journalId
            || new SnapshotKey(StreamId.Read(header[24..]), ReadWord(header, 56), ReadWord(header, 64)) != key
            || ReadWord(header, 72) > BodyBytesMax)
        {
            throw new JournalCorruptException(name, 0, "the snapshot header is not what was written");
        }

        int length = (int)ReadWord(header, 72);
        int padded = (int)PageCeiling(length);
        into.Length = 0;
        into.EnsureCapacity(length);
        var body = new Span<byte>(into.Pointer, padded);
        if (file.Read(PageBytes, body) < padded
            || Crc32C.Of(body[..length]) != BinaryPrimitives.ReadUInt32LittleEndian(header[80..])
            || !IsZero(body[length..]))
        {
            throw new JournalCorruptException(name, PageBytes, "the snapshot is not what was written");
        }

        into.Length = length;
    }

    /// <summary>
    /// The length of the file, and the number of the group after which it was taken: 0 when the header does not hold, which is the business of
    /// whoever reads the snapshot.
    /// </summary>
    public static (long Bytes, ulong Group) Look(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        Span<byte> sector = stackalloc byte[SectorBytes];
        bool isWhole = file.Read(0, sector) == SectorBytes && IsSealed(sector, Magic);
        return (file.Length, isWhole ? ReadWord(sector, 88) : 0);
    }

    private static void WriteHeader(Span<byte> page, Guid journalId, SnapshotKey key, ulong group, JournalBuffer body)
    {
        if (body.Length > BodyBytesMax)
        {
            throw new ArgumentException($"A snapshot has {BodyBytesMax} bytes at most, not {body.Length}", nameof(body));
        }

        page.Clear();
        Magic.CopyTo(page);
        journalId.TryWriteBytes(page[8..]);
        key.Stream.WriteTo(page[24..]);
        BinaryPrimitives.WriteUInt64LittleEndian(page[56..], key.TimeSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(page[64..], key.Beat);
        BinaryPrimitives.WriteInt64LittleEndian(page[72..], body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(page[80..], Crc32C.Of(body.Span));
        BinaryPrimitives.WriteUInt64LittleEndian(page[88..], group);
        SealSector(page[..SectorBytes]);
    }

    private static ulong ReadWord(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadUInt64LittleEndian(header[at..]);
}
