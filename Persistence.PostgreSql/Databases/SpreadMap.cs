using System.Globalization;
using System.Text;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>
/// Which database of a journal that is spread holds which stream: branches by turns, or by ranges of their indexes; everything else, and branches that no
/// range has, is in the first. Every database of the journal bears the map's text, and refuses whoever comes with another one.
/// </summary>
/// <remarks>Source: docs/PROTOCOL.md, "A journal over several databases".</remarks>
public sealed class SpreadMap
{
    /// <summary>Streams of this kind are branches of a ledger (docs/PROTOCOL.md, section 12); only these are spread.</summary>
    public const ushort BranchKind = 1;

    /// <summary>Most databases of a journal.</summary>
    public const int PartsMax = 64;

    private const int TextLengthMax = 4096;

    private readonly List<Range> _ranges;

    private SpreadMap(int parts, List<Range> ranges)
    {
        Parts = parts;
        _ranges = ranges;
        Text = Describe();
        if (Text.Length > TextLengthMax)
        {
            throw new FormatException($"the ranges of branches are more than {TextLengthMax} characters can say");
        }
    }

    /// <summary>Number of databases, 2 at least.</summary>
    public int Parts { get; }

    /// <summary>The map as text, the same for the same map: <c>2 databases, branches by turns</c>, or <c>3 databases, branches 0-63 in 2, 64-127 in 3</c>.</summary>
    public string Text { get; }

    /// <summary>Reads a map.</summary>
    /// <param name="branches">of each database its branches, as <c>0-63,70</c>; null for all: by turns</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static SpreadMap Of(IReadOnlyList<string?> branches)
    {
        ArgumentNullException.ThrowIfNull(branches);
        if (branches.Count is < 2 or > PartsMax)
        {
            throw new FormatException($"a journal is spread over 2 to {PartsMax} databases");
        }

        var ranges = new List<Range>();
        if (branches.Any(static text => text is not null))
        {
            if (branches[0] is not null)
            {
                throw new FormatException("the first database has the branches that no other one names: name none for it");
            }

            for (int part = 1; part < branches.Count; part++)
            {
                Take(branches[part] ?? throw new FormatException($"database {part + 1} names no branches, and others do"), part, ranges);
            }

            ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
            Merge(ranges);
        }

        return new SpreadMap(branches.Count, ranges);
    }

    /// <summary>The database that holds a stream, from 0.</summary>
    public int PartOf(StreamId stream)
    {
        if (stream.Kind != BranchKind)
        {
            return 0;
        }

        if (_ranges.Count == 0)
        {
            return (int)(stream.Index % (uint)Parts);
        }

        int low = 0;
        int high = _ranges.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Range range = _ranges[middle];
            if (stream.Index < range.First)
            {
                high = middle - 1;
            }
            else if (stream.Index > range.Last)
            {
                low = middle + 1;
            }
            else
            {
                return range.Part;
            }
        }

        return 0;
    }

    public override string ToString() => Text;

    private static void Take(string text, int part, List<Range> into)
    {
        foreach (string piece in text.Split(','))
        {
            string[] ends = piece.Split('-');
            if (ends.Length > 2 || !TryIndex(ends[0], out uint first) || !TryIndex(ends[^1], out uint last) || first > last)
            {
                throw new FormatException($"branches are indexes and ranges like 0-63,70, not '{text}'");
            }

            into.Add(new Range(first, last, part));
        }
    }

    private static bool TryIndex(string text, out uint index) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    private static void Merge(List<Range> sorted)
    {
        for (int i = 1; i < sorted.Count; i++)
        {
            Range before = sorted[i - 1];
            Range range = sorted[i];
            if (range.First <= before.Last)
            {
                throw new FormatException($"branch {range.First} is named twice");
            }

            if (range.Part == before.Part && range.First == before.Last + 1)
            {
                sorted[i - 1] = before with { Last = range.Last };
                sorted.RemoveAt(i--);
            }
        }
    }

    private string Describe()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Parts} databases, branches ");
        if (_ranges.Count == 0)
        {
            return text.Append("by turns").ToString();
        }

        return text.AppendJoin(", ", _ranges.Select(static range => range.First == range.Last
            ? string.Create(CultureInfo.InvariantCulture, $"{range.First} in {range.Part + 1}")
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last} in {range.Part + 1}"))).ToString();
    }

    private readonly record struct Range(uint First, uint Last, int Part);
}
