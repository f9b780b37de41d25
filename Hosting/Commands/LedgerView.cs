using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands;

/// <summary>What a command needs to know of the ledger that a node keeps, in the ledger's own types.</summary>
internal sealed record LedgerView(LedgerId Id, int Decimals)
{
    /// <summary>Asks the node.</summary>
    public static async Task<LedgerView> OfAsync(LedgerClient client, CancellationToken cancel)
    {
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        LedgerTrust trust = await client.TrustAsync(cancel).ConfigureAwait(false);
        return new LedgerView(trust.Ledger, ledger.Decimals);
    }

    /// <summary>Reads an amount as the ledger writes it.</summary>
    /// <exception cref="CommandFailedException">It is no plain decimal with at most the ledger's decimals.</exception>
    public Amount ParseAmount(string option, string text) => Amount.TryParse(text, Decimals, out Amount amount)
        ? amount
        : throw new CommandFailedException(ExitCode.BadInput, $"{option} must be a plain decimal with at most {Decimals} decimals, such as 12.50, not '{text}'.");
}
