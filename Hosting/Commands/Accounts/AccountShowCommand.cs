using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Accounts;

/// <summary><c>leither account show [ACCOUNT] --key KEY --as-of N</c>.</summary>
internal sealed class AccountShowCommand : ClientCommand
{
    private readonly Argument<string?> _account = new("ACCOUNT") { Description = "Id, public key, key file or name:NAME; the key's own when left out.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _key = CommonOptions.Key("Signs the inquiry: the account's own key, or the organization's.");
    private readonly Option<ulong?> _asOf = CommonOptions.AsOf();

    public AccountShowCommand()
        : base(
            "show",
            "Show an account's balance, now or as of a pulse.",
            "leither account show --key alice.key",
            "leither account show --key alice.key --as-of 7",
            "leither account show name:demo-1 --key data/organization.key -o json")
    {
        Add(_account);
        Add(_key);
        Add(_asOf);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        using PrivateKey? key = call.Value(_key) is { } reference ? References(call).OpenKey(reference) : null;
        AccountId account = call.Value(_account) is { } named ? References(call).AccountOf(named)
            : key is not null ? AccountIds.Of(key.PublicKey)
            : throw new CommandFailedException(ExitCode.BadInput, "Say which account, or whose key: leither account show --key alice.key");
        AccountResult result = await client
            .GetAsync(CommonOptions.WithAsOf($"/v1/accounts/{account}", call.Value(_asOf)), ApiJson.Default.AccountResult, key, cancel).ConfigureAwait(false);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        call.Write(result, ApiJson.Default.AccountResult, (output, shown) => WriteText(output, shown, ledger.Token));
        return result.Exists ? ExitCode.Ok : ExitCode.NotFound;
    }

    private static void WriteText(TextWriter output, AccountResult account, string token)
    {
        output.WriteLine($"account    {account.Id}");
        output.WriteLine($"as of      pulse {account.AsOf}, {account.At}");
        if (!account.Exists)
        {
            output.WriteLine("           there is no such account: nothing was ever paid to it");
            return;
        }

        output.WriteLine($"balance    {account.Balance} {token}");
        output.WriteLine($"spendable  {account.Spendable} {token}{(account.Frozen ? "  (the account is frozen)" : "")}");
        output.WriteLine($"nonce      {account.HighestNonce}");
        foreach (HoldResult hold in account.Holds)
        {
            output.WriteLine($"held       {hold.Amount} {token} for {hold.Receiver} until {hold.Expiry} (nonce {hold.Nonce})");
        }
    }
}
