using System.CommandLine;
using System.Globalization;

namespace LeitherCluster.Hosting.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary><c>--key</c>.</summary>
    public static Option<string> Key(string description, bool isRequired = false) => new("--key", "-k")
    {
        Description = description + " A key file, or name:NAME.",
        HelpName = "KEY",
        Required = isRequired,
    };

    /// <summary><c>--as-of</c>.</summary>
    public static Option<ulong?> AsOf() => new("--as-of")
    {
        Description = "The pulse (time sequence) as of which to ask; the newest when left out.",
        HelpName = "N",
    };

    /// <summary><c>--amount</c>.</summary>
    public static Option<string> Amount(string description) => new("--amount", "-a")
    {
        Description = description,
        HelpName = "DECIMAL",
        Required = true,
    };

    /// <summary>Adds <c>?asOf=</c> to a target.</summary>
    public static string WithAsOf(string target, ulong? asOf) =>
        asOf is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"{target}?asOf={sequence}") : target;
}
