using System.Buffers.Binary;
using System.Globalization;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The bytes of a file journal, and why a torn tail and a corrupt block can be told apart.
/// </summary>
/// <remarks>
/// <para><b>Files</b> of one flat folder (docs/PROTOCOL.md section 9 has every field):</para>
/// <code>
/// control                         journal id, first segment that is kept, epochs; replaced as a whole by rename
/// marker                          two pages, written in turn: "all groups up to this number are settled"
/// segment-0000000001              header page, then groups one after the other
/// snapshot-STREAM-SEQUENCE-BEAT   header page, body
/// *.tmp                           not there yet: deleted at opening
///
/// group    page 0: header sector (512 bytes), then packed small bodies
///          large bodies, each on a page of its own (written when they come, straight from the writer's buffer)
///          packed small bodies
///          table: one 128-byte block header a block, in the order of writing, on a sector of its own
///          zeros up to the next page
/// </code>
/// <para><b>What a disk may do.</b> A sector (512 bytes) is written whole or not at all. What was written since the last sync is
/// there after a crash in any subset of its sectors. A file's new length may be lost with it. What was synced stays.</para>
/// <para><b>Invariants.</b> (1) Bytes of a segment beyond what was written read as zeros, and no byte is ever written twice with
/// different contents: a region that a failed or unfinished write may have touched is cut off and that cut is synced before
/// anything else goes there. (A header sector that may have got out before the disk was full is zeroed and synced first; it is
/// one sector, so there is the old one, or zeros, or the new one.) (2) The header sector of a group is written last and holds the
/// checksum of the table, each block header the checksum of its body. (3) Nothing of group n + 1 is written before the sync of group n has returned. (4) The
/// header of group n + 1 holds the SHA-256 of the header of group n; numbers have no gaps. (5) A file under its final name
/// has been written and synced whole (segments: their header page).</para>
/// <para><b>Reading the end of the last segment</b>, case by case:</para>
/// <list type="bullet">
/// <item>Header sector all zeros (or beyond the end of the file): the group was never committed. Any other header sector whose
/// checksum does not hold is corrupt: a sector cannot be half there (unless the file itself ends within it).</item>
/// <item>Any byte that is not zero after group n, or a later segment, or a marker of at least n: n had been synced (3), so
/// whatever is missing in it is corruption. A header of this journal anywhere after a zero header sector: likewise. The journal
/// id, 16 random bytes, keeps a body from posing as a header.</item>
/// <item>Else the last group may be unfinished. A sector of its table that is all zeros was never written, since a block header
/// never is; a block header that is there and whose checksum fails is corrupt. A body whose checksum fails is torn if more of
/// its sector pieces are zero than its header says it has, and whole zero sectors account for that; else every piece is there
/// and one is wrong: corrupt. A torn last group is dropped as a whole.</item>
/// </list>
/// <para><b>What stays ambiguous.</b> A sector of the last group that was there and is zeros now looks as if it had never been
/// written. Then a group that was acknowledged is dropped. That group is the last, nothing was built on it on this disk, and
/// what it held is computed again (a committed pulse is finished again from its seals; seals whose pulse never committed were
/// reported to nobody). Snapshots name the group that they were taken after, and go with it; no compaction leans on one before
/// the next group is there. The marker lags one group behind for the same reason: it makes the loss of anything before the last
/// group an error, also when the file was cut exactly between two groups or a whole segment is gone. The marker is not synced at
/// each commit, so this last check is as strong as what reached the disk of it; a lagging marker never accuses falsely.</para>
/// </remarks>
public static class JournalFormat
{
    public const int PageBytes = 4096;
    public const int SectorBytes = 512;

    /// <summary>Longest body.</summary>
    public const int BodyBytesMax = 1 << 30;

    /// <summary>Most blocks of one group.</summary>
    public const int GroupBlocksMax = 1 << 20;

    public const string ControlName = "control";
    public const string MarkerName = "marker";
    public const string TemporarySuffix = ".tmp";

    internal const int ChecksumOffset = SectorBytes - sizeof(uint);
    internal const int JournalIdBytes = 16;
    internal const int ChainBytes = 32;

    private const string SegmentPrefix = "segment-";
    private const string SnapshotPrefix = "snapshot-";

    public static string SegmentName(uint number) => string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{number:d10}");

    /// <summary>The number in a segment's name; false when it is no such name.</summary>
    public static bool TryParseSegmentName(string name, out uint number)
    {
        number = 0;
        return name.Length == SegmentPrefix.Length + 10
            && name.StartsWith(SegmentPrefix, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(SegmentPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public static string SnapshotName(SnapshotKey key)
    {
        Span<byte> stream = stackalloc byte[StreamId.Size];
        key.Stream.WriteTo(stream);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{SnapshotPrefix}{Convert.ToHexStringLower(stream)}-{key.TimeSequence:x16}-{key.Beat:x16}");
    }

    /// <summary>The key in a snapshot's name; false when it is no such name.</summary>
    public static bool TryParseSnapshotName(string name, out SnapshotKey key)
    {
        const int Hex = 2 * StreamId.Size;
        key = default;
        ReadOnlySpan<char> rest = name;
        if (rest.Length != SnapshotPrefix.Length + Hex + 34 || !rest.StartsWith(SnapshotPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[SnapshotPrefix.Length..];
        Span<byte> stream = stackalloc byte[StreamId.Size];
        if (rest[Hex] != '-' || rest[Hex + 17] != '-'
            || Convert.FromHexString(rest[..Hex], stream, out _, out _) != System.Buffers.OperationStatus.Done
            || !ulong.TryParse(rest.Slice(Hex + 1, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong sequence)
            || !ulong.TryParse(rest[(Hex + 18)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong beat))
        {
            return false;
        }

        key = new SnapshotKey(StreamId.Read(stream), sequence, beat);
        return true;
    }

    internal static long PageCeiling(long bytes) => (bytes + PageBytes - 1) & -PageBytes;

    internal static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Writes the checksum of a header sector into its last four bytes.</summary>
    internal static void SealSector(Span<byte> sector) =>
        BinaryPrimitives.WriteUInt32LittleEndian(sector[ChecksumOffset..], Crc32C.Of(sector[..ChecksumOffset]));

    internal static bool IsSealed(ReadOnlySpan<byte> sector, ReadOnlySpan<byte> magic) =>
        sector[..magic.Length].SequenceEqual(magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(sector[ChecksumOffset..]) == Crc32C.Of(sector[..ChecksumOffset]);
}
