using System.CommandLine;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary>The settings of a node as command-line options; what is given overrides environment and file.</summary>
internal sealed class NodeFlags
{
    private readonly List<(string Setting, Option<string?> Option)> _flags =
    [
        ("data", new Option<string?>("--data") { HelpName = "DIR" }),
        ("database", DatabaseOption.Repeatable(null)),
        ("name", new Option<string?>("--name") { HelpName = "NAME" }),
        ("cluster", new Option<string?>("--cluster") { HelpName = "NAME" }),
        ("listen", new Option<string?>("--listen") { HelpName = "HOST:PORT" }),
        ("advertise", new Option<string?>("--advertise") { HelpName = "HOST:PORT" }),
        ("operators", new Option<string?>("--operators") { HelpName = "HOST:PORT" }),
        ("certificates", new Option<string?>("--certificates") { HelpName = "DIR" }),
        ("authority", new Option<string?>("--authority") { HelpName = "DIR" }),
        ("roles", new Option<string?>("--roles") { HelpName = "ROLES" }),
        ("fastMembership", new Option<string?>("--fast-membership") { HelpName = "true|false" }),
        ("url", new Option<string?>("--url", "--urls") { HelpName = "URL" }),
        ("pulseCycleMs", new Option<string?>("--pulse-cycle-ms") { HelpName = "MS" }),
        ("openInquiry", new Option<string?>("--open-inquiry") { HelpName = "true|false" }),
    ];

    public void AddTo(Command command, NodeOptions defaults)
    {
        foreach ((string setting, Option<string?> option) in _flags)
        {
            option.Description = NodeSetting.All.Single(known => known.Name == setting).Description + setting switch
            {
                "data" => $"; {defaults.DataFolder} when left out.",
                "database" => ", postgres://user@host/name; or --database several times. Files in the data folder when left out.",
                "name" => $"; {defaults.Name} when left out.",
                "cluster" => "; none when left out: a ledger by itself.",
                "listen" => $"; {defaults.Listen} when left out.",
                "advertise" => "; where it listens when left out.",
                "operators" => "; where it listens for nodes, 100 ports above, when left out.",
                "certificates" => "; 'certificates' in the data folder when left out.",
                "authority" => "; none when left out.",
                "roles" => "; all when left out.",
                "fastMembership" => "; false when left out.",
                "url" => $"; {defaults.Url} when left out.",
                "pulseCycleMs" => $" in milliseconds; {defaults.PulseCycleMs} when left out.",
                _ => $"; {(defaults.OpenInquiry ? "true" : "false")} when left out.",
            };
            command.Add(option);
        }
    }

    /// <summary>The settings that are given, by name.</summary>
    public IReadOnlyDictionary<string, string> Given(CommandCall call)
    {
        var given = new Dictionary<string, string>();
        foreach ((string setting, Option<string?> option) in _flags)
        {
            if (call.Value(option) is { } text)
            {
                given.Add(setting, text);
            }
        }

        return given;
    }

    /// <summary>The configuration file in the ledger's folder that is meant; null when there is none.</summary>
    /// <param name="given">what the flags say</param>
    public static string? FileInFolder(IReadOnlyDictionary<string, string> given, CommandCall call, NodeOptions defaults)
    {
        string file = new LedgerFolder(given.GetValueOrDefault("data") ?? call.Console.Environment("LEITHER_DATA") ?? defaults.DataFolder).ConfigurationFile;
        return File.Exists(file) ? file : null;
    }
}
