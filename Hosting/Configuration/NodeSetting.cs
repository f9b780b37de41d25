using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>
/// One setting of a node: its name in the configuration file, its environment variable, what it is, and how its text changes the
/// options. The change answers null and a problem when the text is not a value of the setting.
/// </summary>
public sealed record NodeSetting(string Name, string EnvironmentName, string Description, Func<NodeOptions, string, (NodeOptions? Options, string Problem)> Apply)
{
    private const int NameLengthMax = 64;

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<NodeSetting> All { get; } =
    [
        Text("data", "folder of the ledger", (options, text) => options with { DataFolder = text }),
        Checked("database", "address of the PostgreSQL database that holds the journal", DatabaseProblem, (options, text) => options with { Database = text }),
        Checked("name", "this node's name", NameProblem, (options, text) => options with { Name = text }),
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
            DatabaseAddress.Parse(text);
            return null;
        }
        catch (FormatException exception)
        {
            return $"is no database's address ({exception.Message})";
        }
    }

    private static string? NameProblem(string text) =>
        text.Length is > 0 and <= NameLengthMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? null
        : $"must be 1 to {NameLengthMax} letters, digits, dots and hyphens";

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
