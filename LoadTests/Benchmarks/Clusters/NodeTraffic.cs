using System.Globalization;
using System.Text.RegularExpressions;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>What nodes sent each other, by their own metrics: bytes of each lane, messages and their bytes by type.</summary>
internal sealed partial record NodeTraffic(IReadOnlyDictionary<string, long> LaneBytes, IReadOnlyDictionary<string, long> Messages, IReadOnlyDictionary<string, long> MessageBytes)
{
    /// <summary>The credits of a node's branches for those of another.</summary>
    public const string Sections = "SectionsOffered";

    /// <summary>Asks for credits that are late.</summary>
    public const string SectionsMissing = "SectionsMissing";

    /// <summary>Bytes on all lanes, frames of names and signs of life with them, before TLS.</summary>
    public long Bytes => LaneBytes.Values.Sum();

    /// <summary>Messages of all types.</summary>
    public long Count => Messages.Values.Sum();

    /// <summary>Reads a node's metrics in Prometheus' format.</summary>
    public static NodeTraffic Parse(string metrics) => new(
        Labelled(metrics, "leither_peers_sent_bytes_total", "lane"),
        Labelled(metrics, "leither_peers_messages_total", "type"),
        Labelled(metrics, "leither_peers_messages_size_bytes_total", "type"));

    public static NodeTraffic Sum(IEnumerable<NodeTraffic> all)
    {
        NodeTraffic[] each = [.. all];
        return new NodeTraffic(
            Summed(each.SelectMany(one => one.LaneBytes), 1), Summed(each.SelectMany(one => one.Messages), 1), Summed(each.SelectMany(one => one.MessageBytes), 1));
    }

    /// <summary>What came since an earlier look.</summary>
    public NodeTraffic Since(NodeTraffic before) => new(
        Summed(LaneBytes.Concat(Summed(before.LaneBytes, -1)), 1),
        Summed(Messages.Concat(Summed(before.Messages, -1)), 1),
        Summed(MessageBytes.Concat(Summed(before.MessageBytes, -1)), 1));

    /// <summary>Messages of a type.</summary>
    public long MessagesOf(string type) => Messages.GetValueOrDefault(type);

    private static Dictionary<string, long> Summed(IEnumerable<KeyValuePair<string, long>> counts, long factor) =>
        counts.GroupBy(each => each.Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => factor * same.Sum(each => each.Value), StringComparer.Ordinal);

    private static Dictionary<string, long> Labelled(string metrics, string name, string label) => Line().Matches(metrics)
        .Where(line => line.Groups["name"].Value == name && line.Groups["label"].Value == label)
        .ToDictionary(line => line.Groups["value"].Value, line => long.Parse(line.Groups["count"].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    [GeneratedRegex("^(?<name>[a-z_]+)\\{(?<label>[a-z]+)=\"(?<value>[^\"]*)\"\\} (?<count>\\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Line();
}
