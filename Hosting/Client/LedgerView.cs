using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Client;

/// <summary>What a command needs to know of the ledger that a node keeps, in the ledger's own types.</summary>
internal sealed record LedgerView(LedgerId Id, string Token, int Decimals, ulong ExpiryAheadMs)
{
    /// <summary>Asks the node.</summary>
    public static async Task<LedgerView> OfAsync(LeitherClient client, CancellationToken cancel)
    {
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        return LedgerId.TryParse(ledger.Ledger, out LedgerId id)
            ? new LedgerView(id, ledger.Token, ledger.Decimals, ledger.ExpiryAheadMs)
            : throw new CommandFailedException(ExitCode.Unreachable, $"What answers at {client.Url} is no leither node of this version.");
    }

    /// <summary>Reads an amount as the ledger writes it.</summary>
    /// <exception cref="CommandFailedException">It is no plain decimal with at most the ledger's decimals.</exception>
    public Amount ParseAmount(string option, string text) => Amount.TryParse(text, Decimals, out Amount amount)
        ? amount
        : throw new CommandFailedException(ExitCode.BadInput, $"{option} must be a plain decimal with at most {Decimals} decimals, such as 12.50, not '{text}'.");
}
