using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Accounts;

/// <summary><c>leither account accept --key KEY</c>.</summary>
internal sealed class AccountAcceptCommand : ClientCommand
{
    private const int DaysMax = 3_660;

    private readonly Option<string> _key = CommonOptions.Key("The receiver's key, which signs the acceptance.", isRequired: true);
    private readonly Option<string> _from = new("--from") { Description = "The only account that may pay; anyone when left out.", HelpName = "ACCOUNT" };
    private readonly Option<string> _max = new("--max") { Description = "The most that one payment may bring; any amount when left out.", HelpName = "DECIMAL" };

    private readonly Option<int> _days = new("--days")
    {
        Description = "For how many days it is good.",
        HelpName = "N",
        DefaultValueFactory = _ => 365,
    };

    public AccountAcceptCommand()
        : base(
            "accept",
            "Accept payments ahead: sign a standing acceptance and register it with the node.",
            "leither account accept --key alice.key",
            "leither account accept --key alice.key --from name:demo-1 --max 100.00 --days 30")
    {
        Add(_key);
        Add(_from);
        Add(_max);
        Add(_days);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int days = call.Value(_days);
        if (days is < 1 or > DaysMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--days must be from 1 to {DaysMax}.");
        }

        using LedgerClient client = Connect(call);
        using PrivateKey key = References(call).OpenKey(call.Required(_key));
        LedgerView ledger = await LedgerView.OfAsync(client, cancel).ConfigureAwait(false);
        var terms = new StandingTerms
        {
            Version = StandingTerms.CurrentVersion,
            Ledger = ledger.Id,
            Receiver = AccountIds.Of(key.PublicKey),
            Payer = call.Value(_from) is { } payer ? References(call).AccountOf(payer) : default,
            LargestAmount = call.Value(_max) is { } max ? ledger.ParseAmount("--max", max) : new Amount(ulong.MaxValue),
            Expiry = new Timestamp((ulong)call.Console.Clock.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds()),
        };
        var acceptance = StandingAcceptance.Sign(terms, key);
        AcceptanceResult result = await client.RegisterAcceptanceAsync(key.PublicKey, acceptance, cancel).ConfigureAwait(false);
        call.Write(result, ApiJson.Default.AcceptanceResult, static (output, accepted) => output.WriteLine(
            $"{accepted.Receiver} accepts payments of {accepted.Payer ?? "anyone"} until {accepted.Expiry}"));
        return ExitCode.Ok;
    }
}
