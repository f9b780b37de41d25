using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Joining;

/// <summary>The folder of a node that was let in: after it is written, <c>leither node --data FOLDER</c> is enough.</summary>
internal static class JoinedFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonWriterOptions s_readable = new() { Indented = true };

    /// <summary>Refuses a folder that has a ledger or a configuration already.</summary>
    /// <exception cref="CommandFailedException">It has.</exception>
    public static void RequireFree(LedgerFolder folder)
    {
        if (new[] { folder.ParametersFile, folder.NodeKeyFile, folder.ConfigurationFile }.FirstOrDefault(File.Exists) is { } there)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{there} is there already: this folder has a node. Start it with 'leither node --data {folder.Path}', or name another with --data.");
        }
    }

    /// <summary>Writes what the node was let in with; the certificate is there already.</summary>
    /// <param name="settings">of this node alone, by name</param>
    public static void Write(LedgerFolder folder, JoinGrant grant, IReadOnlyDictionary<string, string> settings)
    {
        WriteSecret(folder.ParametersFile, grant.Ledger);
        if (grant.Bookkeeper is { } bookkeeper)
        {
            WriteSecret(folder.NodeKeyFile, bookkeeper);
        }

        // Last: a folder with it is complete.
        WriteSecret(folder.ConfigurationFile, Configuration(grant, settings));
    }

    private static string Configuration(JoinGrant grant, IReadOnlyDictionary<string, string> settings)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["cluster"] = grant.Cluster,
            ["database"] = grant.Database,
            ["roles"] = grant.Roles,
            ["pulseCycleMs"] = $"{grant.PulseCycleMs}",
            ["fastMembership"] = grant.FastMembership ? "true" : "false",
        };
        foreach ((string name, string value) in settings)
        {
            all[name] = value;
        }

        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, s_readable))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in all)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    private static void WriteSecret(string path, string text)
    {
        string unfinished = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(unfinished, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
