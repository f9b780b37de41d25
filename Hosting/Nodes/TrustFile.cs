using System.Text.Json;
using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// What an offline verifier trusts, as a file: the same JSON that <c>GET /v1/ledger</c> answers. A node writes it at its start; whoever
/// verifies gets it once from somebody they believe.
/// </summary>
internal static class TrustFile
{
    /// <summary>Writes the file, whole or not at all.</summary>
    public static void Write(string path, LedgerResult ledger)
    {
        string unfinished = path + ".new";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(ledger, ApiJson.Default.LedgerResult) + "\n");
        File.Move(unfinished, path, overwrite: true);
    }
}
