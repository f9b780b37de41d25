using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Hosting.Commands.Organizations;

/// <summary><c>leither org show</c>.</summary>
internal sealed class OrgShowCommand() : ClientCommand(
    "show",
    "Show the ledger that a node keeps and who signs for it. With -o json this is a trust file for offline verification.",
    "leither org show",
    "leither org show -o json > trust.json")
{
    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        call.Write(ledger, ApiJson.Default.LedgerResult, WriteText);
        return ExitCode.Ok;
    }

    private static void WriteText(TextWriter output, LedgerResult ledger)
    {
        output.WriteLine($"ledger        {ledger.Ledger}");
        output.WriteLine($"organization  {ledger.OrganizationKey}");
        output.WriteLine($"token         {ledger.Token}, {ledger.Decimals} decimals, at least {ledger.MinimumAmount} a transfer");
        output.WriteLine($"tree          bands {ledger.Bands}, translucency {ledger.Translucency}");
        output.WriteLine($"pulse cycle   {ledger.PulseCycleMs} ms");
        output.WriteLine($"committee     {ledger.Committee.Threshold} of {ledger.Committee.Keys.Count}");
        foreach (string member in ledger.Committee.Keys)
        {
            output.WriteLine($"              {member}");
        }
    }
}
