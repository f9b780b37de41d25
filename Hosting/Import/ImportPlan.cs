using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// What an import will do: the file is played <paramref name="RoundCount"/> times (months, say), and in each round every payer's orders
/// travel as one bundle, or as few as they fit in.
/// </summary>
/// <remarks>
/// Bundle b of round r of a payer always has the nonce (base + r * bundles a round + b + 1). The ledger lets a nonce take effect once, so whatever
/// happened before an interruption, an import that goes on can see from the payer's nonces what is done, and can do nothing twice.
/// </remarks>
internal sealed record ImportPlan(PaymentFile File, int RoundCount, IReadOnlyList<Payer> Payers)
{
    /// <summary>The most rounds of one import.</summary>
    public const int RoundCountMax = 10_000;

    /// <summary>How many transfers there are in all.</summary>
    public long TransferCount => (long)File.Orders.Count * RoundCount;

    /// <summary>How many bundles the busiest payer sends in one round.</summary>
    public int BundlesPerRoundMax => Payers.Max(payer => payer.BundlesPerRound);

    /// <exception cref="CommandFailedException">The amounts do not fit, or one payer has too many orders.</exception>
    public static ImportPlan Of(PaymentFile file, int roundCount)
    {
        Payer[] payers = [.. file.Orders
            .GroupBy(order => order.From)
            .Select(orders => new Payer(orders.Key, [.. orders], TotalOf(orders, roundCount, file)))];
        var plan = new ImportPlan(file, roundCount, payers);
        _ = TotalOf(file.Orders, roundCount, file);
        return plan.BundlesPerRoundMax < NonceWindow.Width
            ? plan
            : throw new CommandFailedException(
                ExitCode.BadInput,
                $"One payer has {payers.Max(payer => payer.Orders.Count)} payments; at most {(NonceWindow.Width - 1) * FrameLayout.ItemCountMax} are played at once. Split the file.");
    }

    private static Amount TotalOf(IEnumerable<PaymentOrder> orders, int roundCount, PaymentFile file)
    {
        try
        {
            return new Amount(checked(orders.Aggregate(0UL, (sum, order) => checked(sum + order.Amount.Units)) * (ulong)roundCount));
        }
        catch (OverflowException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The {file.Orders.Count} amounts, {roundCount} times, do not fit 64 bits in the ledger's smallest unit.");
        }
    }
}
