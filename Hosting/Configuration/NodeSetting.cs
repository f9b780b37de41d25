using System.Globalization;
using System.Text.Json;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>
/// One setting of a node: its name in the configuration file, its environment variable, what it is, and how its text changes the
/// options. The change answers null and a problem when the text is not a value of the setting.
/// </summary>
public sealed record NodeSetting(string Name, string EnvironmentName, string Description, Func<NodeOptions, string, (NodeOptions? Options, string Problem)> Apply)
{
    /// <summary>Every setting.</summary>
    public static IReadOnlyList<NodeSetting> All { get; } =
    [
        Text("data", "folder of the ledger", (options, text) => options with { DataFolder = text }),
        Checked("database", "address of the PostgreSQL database that holds the journal, or of several with blanks between them", DatabaseProblem, (options, text) => options with { Database = text }),
        Checked("name", "this node's name", NameProblem, (options, text) => options with { Name = text }),
        Checked("cluster", "the cluster that this node is a member of", NameProblem, (options, text) => options with { Cluster = text }),
        Checked("listen", "where other nodes of the cluster reach this one, host:port", EndPointProblem, (options, text) => options with { Listen = text }),
        Checked("advertise", "what other nodes are told to reach this one by, host:port", EndPointProblem, (options, text) => options with { Advertise = text }),
        Checked("operators", "where operators' consoles reach this node, host:port or none", OperatorsProblem, (options, text) => options with { Operators = text }),
        Text("certificates", "folder of the node's certificate and of its authority's", (options, text) => options with { Certificates = text }),
        Text("authority", "folder of the cluster's certificate authority: who has it lets nodes in", (options, text) => options with { Authority = text }),
        Checked("roles", "what this node does for its cluster: ingress, branch, trunk", RolesProblem, (options, text) => options with { Roles = RolesText.Parse(text)!.Value }),
        Flag("fastMembership", "notice a dead member within a second", (options, value) => options with { FastMembership = value }),
        Text("url", "where the HTTP API listens", (options, text) => options with { Url = text }),
        Number("pulseCycleMs", "time between beats", NodeOptions.PulseCycleMsMin, NodeOptions.PulseCycleMsMax, (options, value) => options with { PulseCycleMs = value }),
        Flag("openInquiry", "answer inquiries about any account without a signature (development)", (options, value) => options with { OpenInquiry = value }),
        Number("requestBytesMax", "largest request body", 1 << 10, 64 << 20, (options, value) => options with { RequestBytesMax = value }),
        Number("requestCountMax", "transfer requests worked on at once", 1, 4_096, (options, value) => options with { RequestCountMax = value }),
        Number("journalMemoryMiB", "native memory for blocks on their way to the journal", 64, 1 << 20, (options, value) => options with { JournalMemoryBytes = (long)value << 20 }),
        Number("placesInMemoryMax", "ids of sealed transfers kept in memory", 1 << 12, 1 << 28, (options, value) => options with { PlacesInMemoryMax = value }),
        Number("inquiryFreshnessS", "age at which a signed inquiry is refused", 1, 3_600, (options, value) => options with { InquiryFreshnessS = value }),
        Number("waitS", "longest wait for a commit", 1, 600, (options, value) => options with { WaitS = value }),
    ];

    /// <summary>A value of the configuration file as text: an array's with blanks between them.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.Array ? string.Join(' ', value.EnumerateArray()) : value.ToString();

    private static NodeSetting Text(string name, string description, Func<NodeOptions, string, NodeOptions> apply) => new(
        name,
        EnvironmentNameOf(name),
        description,
        (options, text) => text.Length == 0 ? (null, "must not be empty") : (apply(options, text), ""));

    private static NodeSetting Checked(string name, string description, Func<string, string?> problemOf, Func<NodeOptions, string, NodeOptions> apply) => new(
        name,
        EnvironmentNameOf(name),
        description,
        (options, text) => problemOf(text) is { } problem ? (null, problem) : (apply(options, text), ""));

    private static string? DatabaseProblem(string text)
    {
        try
        {
            JournalDatabases.Parse(text);
            return null;
        }
        catch (FormatException exception)
        {
            return $"is no database's address ({exception.Message})";
        }
    }

    private static string? EndPointProblem(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "must be a host and a port, like 10.0.0.1:7800";
    }

    private static string? OperatorsProblem(string text) => text == NodeOptions.NoOperators || EndPointProblem(text) is null ? null : "must be a host and a port, like 10.0.0.1:7900, or none";

    private static string? RolesProblem(string text) => RolesText.Parse(text) is null ? "must be some of ingress, branch and trunk, with commas" : null;

    private static string? NameProblem(string text) =>
        ClusterName.IsValid(text) ? null : $"must be 1 to {ClusterName.LengthMax} letters, digits, dots, hyphens and underscores";

    private static NodeSetting Number(string name, string description, int smallest, int largest, Func<NodeOptions, int, NodeOptions> apply) => new(
        name,
        EnvironmentNameOf(name),
        description,
        (options, text) => int.TryParse(text, out int value) && value >= smallest && value <= largest
            ? (apply(options, value), "")
            : (null, $"must be a whole number from {smallest} to {largest}"));

    private static NodeSetting Flag(string name, string description, Func<NodeOptions, bool, NodeOptions> apply) => new(
        name,
        EnvironmentNameOf(name),
        description,
        (options, text) => bool.TryParse(text, out bool value) ? (apply(options, value), "") : (null, "must be true or false"));

    private static string EnvironmentNameOf(string name) =>
        "LEITHER_" + string.Concat(name.Select(c => char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));
}
