using System.Text.Json;
using System.Text.Json.Serialization;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// What an import found before it began: of every account that was not fresh its balance (in smallest units) and highest nonce; and how it
/// ended. What is done in between is never read from here but from the ledger: from the nonces that it has used.
/// </summary>
/// <param name="Report">The reconciliation at its end; null while it is not finished. Balances may have changed since, by whatever came later.</param>
internal sealed record ImportManifest(
    string File, string Digest, int Rounds, string Ledger, ImportReport? Report, IReadOnlyDictionary<string, ImportManifest.Before> Accounts)
{
    /// <summary>An account before the import.</summary>
    internal sealed record Before(ulong BalanceUnits, ulong HighestNonce);

    private static readonly Before Fresh = new(0, 0);

    /// <summary>An account before the import; one that was fresh has no entry.</summary>
    public Before Of(string name) => Accounts.GetValueOrDefault(name, Fresh);

    /// <summary>Where the manifest of a file, played so many times, is kept.</summary>
    public static string PathOf(string importFolder, string digest, int rounds) => Path.Combine(importFolder, $"{digest[..16]}-{rounds}.json");

    /// <summary>Reads a manifest; null when there is none.</summary>
    /// <exception cref="CommandFailedException">It is damaged.</exception>
    public static ImportManifest? Read(string path)
    {
        try
        {
            return System.IO.File.Exists(path) ? JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), ImportJson.Default.ImportManifest) : null;
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException(
                ExitCode.BadInput,
                $"{path} is damaged ({exception.Message}). If this was the first import into the ledger, delete it: what is done is known to the ledger itself.");
        }
    }

    /// <summary>All manifests of a folder.</summary>
    public static IEnumerable<ImportManifest> ReadAll(string importFolder) => Directory.Exists(importFolder)
        ? Directory.EnumerateFiles(importFolder, "*.json").Order(StringComparer.Ordinal).Select(path => Read(path)!)
        : [];

    /// <summary>Writes the manifest durably, whole or not at all.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = path + ".new";
        using (FileStream stream = System.IO.File.Create(unfinished))
        {
            JsonSerializer.Serialize(stream, this, ImportJson.Default.ImportManifest);
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(unfinished, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImportManifest))]
[JsonSerializable(typeof(ImportReport))]
internal sealed partial class ImportJson : JsonSerializerContext;
