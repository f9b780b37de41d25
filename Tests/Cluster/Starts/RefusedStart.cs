namespace LeitherCluster.Tests.Cluster.Starts;

/// <summary>A start that must be refused.</summary>
/// <param name="Name">what is wrong</param>
/// <param name="Prepare">spoils the folder, which holds a ledger, and returns the command line</param>
/// <param name="Says">what the one line must say</param>
internal sealed record RefusedStart(string Name, Func<string, string[]> Prepare, string Says)
{
    private const string FreePort = "http://127.0.0.1:0";

    private static readonly byte[] Garbage = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 167))];

    /// <summary>All of them. The exit code is 2 for each: what was given is wrong, and nothing was done.</summary>
    public static IReadOnlyList<RefusedStart> All { get; } =
    [
        new("configuration that is no text", folder => NodeWith(folder, Garbage), "not JSON"),
        new("configuration cut short", folder => NodeWith(folder, "{\"data\":"u8), "not JSON"),
        new("configuration that is a list", folder => NodeWith(folder, "[1]"u8), "one JSON object"),
        new("configuration with an unknown setting", folder => NodeWith(folder, "{\"dta\":\"x\"}"u8), "no setting 'dta'"),
        new("configuration with a number that is none", folder => NodeWith(folder, "{\"pulseCycleMs\":\"soon\"}"u8), "pulseCycleMs must be a whole number"),
        new("configuration that is absent", folder => ["node", "--config", Path.Combine(folder, "absent.json")], "absent.json"),
        new("configuration that is a folder", folder => ["node", "--config", folder], "The configuration is wrong"),
        new("node key of garbage", folder => DevWith(folder, "node.key", Garbage), "node.key is no key file"),
        new("organization key of garbage", folder => DevWith(folder, "organization.key", Garbage), "organization.key is no key file"),
        new("node key that is empty", folder => DevWith(folder, "node.key", []), "node.key is no key file"),
        new("parameters of garbage", folder => DevWith(folder, "ledger.json", Garbage), "ledger.json"),
        new("parameters cut short", folder => DevWith(folder, "ledger.json", File.ReadAllBytes(Path.Combine(folder, "ledger.json"))[..^20]), "ledger.json"),
        new("folder that is a file", folder => Dev(Path.Combine(folder, "ledger.json")), "cannot be used"),
        new("folder below a file", folder => Dev(Path.Combine(folder, "ledger.json", "data")), "cannot be used"),
        new("folder where none can be made", _ => Dev("/proc/leither"), "cannot be used"),
        new("journal folder that is a file", folder => DevWithFileAt(folder, "journal"), "cannot be opened"),
        new("journal whose lock cannot be opened", folder => DevWithFolderAt(folder, "journal", "lock"), "cannot be opened"),
        new("address of another machine", folder => ["dev", "--data", folder, "--open-inquiry", "false", "--url", "http://192.0.2.1:7700"], "192.0.2.1:7700 cannot be listened on"),
        new("host name in place of an address", folder => ["dev", "--data", folder, "--open-inquiry", "false", "--url", "http://example.invalid:7700"], "url must name an address"),
        new("cycle that is too short", folder => ["dev", "--data", folder, "--pulse-cycle-ms", "1"], "from 50 to 60000"),
        new("traffic below zero", folder => ["dev", "--data", folder, "--traffic", "-1"], "--traffic must be"),
        new("option that is none", folder => ["dev", "--data", folder, "--bogus"], "--bogus"),
        new("command that is none", _ => ["bogus"], "bogus"),
    ];

    private static string[] Dev(string folder) => ["dev", "--data", folder, "--url", FreePort];

    private static string[] NodeWith(string folder, ReadOnlySpan<byte> configuration)
    {
        string file = Path.Combine(folder, "config.json");
        File.WriteAllBytes(file, configuration.ToArray());
        return ["node", "--data", folder, "--config", file];
    }

    private static string[] DevWith(string folder, string file, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(folder, file), content);
        return Dev(folder);
    }

    private static string[] DevWithFileAt(string folder, string name)
    {
        Directory.Delete(Path.Combine(folder, name), recursive: true);
        return DevWith(folder, name, Garbage);
    }

    private static string[] DevWithFolderAt(string folder, params ReadOnlySpan<string> names)
    {
        string path = Path.Combine([folder, .. names]);
        File.Delete(path);
        Directory.CreateDirectory(path);
        return Dev(folder);
    }
}
