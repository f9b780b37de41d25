using System.Globalization;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// What every balance must be after an import, worked out a second way: with the framework's decimals, from the text of the file, knowing
/// nothing of the ledger. An account begins with what it had, or what it pays in all if that is more (it was funded up to it).
/// </summary>
internal static class Reconciliation
{
    /// <summary>The expected balance of each name.</summary>
    public static decimal[] Expect(PaymentFile file, int rounds, IReadOnlyList<decimal> balancesBefore)
    {
        decimal[] paid = new decimal[file.Names.Count];
        decimal[] received = new decimal[file.Names.Count];
        foreach (PaymentOrder order in file.Orders)
        {
            decimal amount = decimal.Parse(order.AmountText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            paid[order.From] += amount * rounds;
            received[order.To] += amount * rounds;
        }

        return [.. balancesBefore.Select((before, name) => Math.Max(before, paid[name]) - paid[name] + received[name])];
    }

    /// <summary>An amount of the ledger as a decimal.</summary>
    public static decimal ToDecimal(Amount amount, int decimals) => decimal.Parse(amount.ToString(decimals), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
