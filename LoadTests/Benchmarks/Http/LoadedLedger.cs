using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>A ledger of its own in a folder: made, run and looked at with the program's own commands.</summary>
internal sealed class LoadedLedger : IDisposable
{
    private const string Token = "LOAD";
    private const int ExpiryMinutes = 24 * 60;

    // A load is prepared, paid out and sent within this time.
    private static readonly TimeSpan s_validity = TimeSpan.FromHours(23);

    private readonly string _folder;

    /// <param name="folder">where it is made</param>
    /// <param name="seed">of the organization's key; null: a key like no other</param>
    public LoadedLedger(string folder, int? seed = null)
    {
        _folder = folder;
        JsonElement made = LeitherProgram.Run([
            "org", "create", .. KeyOf(folder, seed), "--data", folder, "--token", Token, "--decimals", "0", "--plain", "--expiry-minutes", ExpiryMinutes.ToString(CultureInfo.InvariantCulture)]);
        Id = LedgerId.TryParse(made.GetProperty("ledger").GetString(), out LedgerId id) ? id : throw new InvalidOperationException("The ledger has no id.");
        Organization = KeyAt(made.GetProperty("keyFile").GetString()!);
        Expiry = new Timestamp((ulong)(DateTimeOffset.UtcNow + s_validity).ToUnixTimeMilliseconds());
    }

    public LedgerId Id { get; }

    public PrivateKey Organization { get; }

    /// <summary>Until when all that is signed for it is good.</summary>
    public Timestamp Expiry { get; }

    /// <summary>Runs its node: a process of its own, its journal on files, synced.</summary>
    /// <param name="cycleMs">its pulse cycle</param>
    /// <param name="isApart">whether Ctrl-C at this program's terminal is to leave it alone</param>
    public ServerProcess Run(int cycleMs, bool isApart = false)
    {
        string[] arguments = ["node", "--data", _folder, "--url", "http://127.0.0.1:0", "--pulse-cycle-ms", cycleMs.ToString(CultureInfo.InvariantCulture)];
        return ServerProcess.When(isApart ? LeitherProgram.StartApart(arguments) : LeitherProgram.Start(arguments));
    }

    /// <summary>Walks its journal from end to end, when no node runs on it.</summary>
    public JournalFindings Verify()
    {
        JsonElement found = LeitherProgram.Run("journal", "verify", "--quick", "--data", _folder);
        return new JournalFindings(
            found.GetProperty("pulses").GetInt64(),
            found.GetProperty("transfers").GetInt64(),
            ulong.Parse(found.GetProperty("supply").GetString()!, CultureInfo.InvariantCulture),
            found.GetProperty("bytes").GetInt64());
    }

    public void Dispose() => Organization.Dispose();

    private static string[] KeyOf(string folder, int? seed)
    {
        if (seed is not { } known)
        {
            return [];
        }

        byte[] bytes = new byte[PrivateKey.SeedLength];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, known);
        bytes[^1] = 1;
        using PrivateKey key = PrivateKey.FromSeed(bytes);
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "organization.key");
        File.WriteAllText(file, KeyFile.Plain(key).ToText());
        return ["--key", file];
    }

    private static PrivateKey KeyAt(string file) =>
        KeyFile.TryParse(File.ReadAllBytes(file), out KeyFile? read) == KeyFileOutcome.Success && read!.Open([], out PrivateKey? key) == KeyFileOutcome.Success
            ? key!
            : throw new InvalidOperationException($"There is no key to be had in {file}.");
}

/// <summary>What the program found in a journal that holds.</summary>
internal sealed record JournalFindings(long Pulses, long Transfers, ulong Supply, long Bytes);
