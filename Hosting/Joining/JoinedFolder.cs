using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Joining;

/// <summary>The folder of a node that was let in: after it is written, <c>leither node --data FOLDER</c> is enough.</summary>
internal static class JoinedFolder
{
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
        SecretFile.Write(folder.ParametersFile, grant.Ledger);
        if (grant.Bookkeeper is { } bookkeeper)
        {
            SecretFile.Write(folder.NodeKeyFile, bookkeeper);
        }

        // Last: a folder with it is complete.
        SettingsFile.Write(folder, SettingsOf(grant, settings));
    }

    private static Dictionary<string, string> SettingsOf(JoinGrant grant, IReadOnlyDictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
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

        return all;
    }
}
