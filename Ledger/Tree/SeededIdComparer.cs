using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// Ids can be made to share any of their bits, so what places them in a dictionary is not known before the process runs. It must show nowhere:
/// such a dictionary is never listed but in an order of its own.
/// </summary>
internal sealed class SeededIdComparer : IEqualityComparer<AccountId>
{
    public bool Equals(AccountId x, AccountId y) => x.Equals(y);

    public int GetHashCode(AccountId obj) => HashCode.Combine(obj.High, obj.Middle, obj.Low);
}
