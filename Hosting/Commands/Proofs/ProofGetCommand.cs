using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Proofs;

/// <summary><c>leither proof get [ACCOUNT] --key KEY --file FILE</c>.</summary>
internal sealed class ProofGetCommand : ClientCommand
{
    private readonly Argument<string?> _account = new("ACCOUNT") { Description = "Id, public key, key file or name:NAME; the key's own when left out.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _key = CommonOptions.Key("Signs the inquiry: the account's own key, or the organization's.");
    private readonly Option<ulong?> _asOf = CommonOptions.AsOf();
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Where to save the proof; written to the output when left out.", HelpName = "FILE" };

    public ProofGetCommand()
        : base(
            "get",
            "Fetch the proof of an account's record, or of its absence, as of a pulse.",
            "leither proof get --key alice.key --file proof.json",
            "leither proof get --key alice.key --as-of 7")
    {
        Add(_account);
        Add(_key);
        Add(_asOf);
        Add(_file);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string? path = call.Value(_file);
        if (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} is there already; name another file for the proof.");
        }

        using LedgerClient client = Connect(call);
        using PrivateKey? key = call.Value(_key) is { } reference ? References(call).OpenKey(reference) : null;
        AccountId account = call.Value(_account) is { } named ? References(call).AccountOf(named)
            : key is not null ? AccountIds.Of(key.PublicKey)
            : throw new CommandFailedException(ExitCode.BadInput, "Say which account, or whose key: leither proof get --key alice.key");
        byte[] proof = await client
            .GetBytesAsync(CommonOptions.WithAsOf($"/v1/accounts/{account}/proof", call.Value(_asOf)), "application/json", key, cancel).ConfigureAwait(false);
        if (path is null)
        {
            call.Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(proof));
            return ExitCode.Ok;
        }

        await File.WriteAllBytesAsync(path, proof, cancel).ConfigureAwait(false);
        AccountProofResult saved = System.Text.Json.JsonSerializer.Deserialize(proof, ApiJson.Default.AccountProofResult)!;
        call.Write(saved, ApiJson.Default.AccountProofResult, (output, _) => output.WriteLine($"Saved {path}. Check it with: leither proof verify {path}"));
        return ExitCode.Ok;
    }
}
