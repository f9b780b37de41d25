using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>A payer of an import: its index among the names, its orders of one round, and what it pays in all rounds together.</summary>
internal sealed record Payer(int Name, IReadOnlyList<PaymentOrder> Orders, Amount Total)
{
    /// <summary>How many bundles carry the orders of one round.</summary>
    public int BundlesPerRound => (Orders.Count + FrameLayout.ItemCountMax - 1) / FrameLayout.ItemCountMax;

    /// <summary>The orders of one bundle of a round.</summary>
    public IEnumerable<PaymentOrder> OrdersOf(int bundle) => Orders.Skip(bundle * FrameLayout.ItemCountMax).Take(FrameLayout.ItemCountMax);
}
