using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>The data roots of the accounts that have one.</summary>
internal sealed class DataRoots
{
    private readonly Dictionary<AccountId, Hash256> _roots = new(new SeededIdComparer());

    public void Set(in AccountId id, in Hash256 root) => _roots[id] = root;

    public void Remove(in AccountId id) => _roots.Remove(id);

    public bool TryGet(in AccountId id, out Hash256 root) => _roots.TryGetValue(id, out root);

    /// <summary>The data root of an account whose record says that it has one.</summary>
    /// <exception cref="InvalidOperationException">It was never set.</exception>
    public Hash256 Get(in AccountId id) => _roots.TryGetValue(id, out Hash256 root)
        ? root
        : throw new InvalidOperationException($"The record of account {id} names a data root that was not set.");
}
