using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>When the holds of a branch expire, soonest first.</summary>
internal sealed class HoldDeadlines
{
    private readonly SortedSet<(Timestamp Expiry, AccountId Owner, ulong Nonce)> _holds = [];

    /// <summary>The soonest expiry, or null.</summary>
    public Timestamp? First => _holds.Count == 0 ? null : _holds.Min.Expiry;

    public void Add(Timestamp expiry, in AccountId owner, ulong nonce) => _holds.Add((expiry, owner, nonce));

    public void Remove(Timestamp expiry, in AccountId owner, ulong nonce) => _holds.Remove((expiry, owner, nonce));

    public void Clear() => _holds.Clear();

    /// <summary>Takes the next hold that has expired before <paramref name="at"/>, in order of (expiry, owner, nonce).</summary>
    public bool TryTakeDue(Timestamp at, out AccountId owner, out ulong nonce)
    {
        if (_holds.Count != 0 && _holds.Min is var first && first.Expiry < at)
        {
            _holds.Remove(first);
            (_, owner, nonce) = first;
            return true;
        }

        (owner, nonce) = default((AccountId, ulong));
        return false;
    }
}
