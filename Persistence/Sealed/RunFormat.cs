using System.Globalization;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// The bytes of a run: sorted entries of consecutive pulses, a section a stream. Little-endian.
/// </summary>
/// <remarks>
/// <code>
/// page 0        header
///   0   8  "LC1idrun"
///   8   4  number of the first pulse
///  12   4  number of the last pulse
///  16   4  level
///  20   4  number of sections
///  24   8  number of entries
///  32   4  number of data pages
///  36   4  number of streams in the coverage
///  40   8  length of the footer
///  48   4  CRC-32C of the footer
///  52 456  zero
/// 508   4  CRC-32C of the 508 bytes before; zeros up to the next page
///
/// data pages, each of one section
///    0  4080  up to 170 entries of 24 bytes: id prefix 16 (two numbers), pulse 4, position 4; zeros behind them
/// 4080     4  number of entries
/// 4084     8  zero
/// 4092     4  CRC-32C of the 4,092 bytes before
///
/// footer, from the page behind them
///   pulses    24 bytes each: beat, time sequence, timestamp
///   sections  40 bytes each, by stream: stream 32, first data page 4, data pages 4
///   keys      8 bytes a data page: the first 8 bytes of its first id, as a number
///   coverage  40 bytes each, by stream: stream 32, beat through which the index covered it when the run was written
///   zeros up to the next page
/// </code>
/// A run has its final name only when it has been written and synced whole. Runs follow one another without gaps in the numbers of
/// their pulses; one whose pulses all lie within another's was merged into that one and is deleted at opening.
/// </remarks>
internal static class RunFormat
{
    public const int EntriesPerPage = 170;
    public const int PageCountOffset = 4080;
    public const int PageChecksumOffset = 4092;
    public const int SectionBytes = 40;
    public const int CoverageBytes = 40;
    public const string TemporarySuffix = ".tmp";

    private const string Prefix = "ids-";

    public static ReadOnlySpan<byte> Magic => "LC1idrun"u8;

    public static string NameOf(uint firstPulse, uint lastPulse) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{firstPulse:x8}-{lastPulse:x8}");

    /// <summary>The first pulse in a run's name; false when it is no such name (a temporary one neither).</summary>
    public static bool TryParseName(string name, out uint firstPulse)
    {
        firstPulse = 0;
        return name.Length == Prefix.Length + 17
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(Prefix.Length, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out firstPulse);
    }

    public static bool IsTemporary(string name) =>
        name.EndsWith(TemporarySuffix, StringComparison.Ordinal) && TryParseName(name[..^TemporarySuffix.Length], out _);
}
