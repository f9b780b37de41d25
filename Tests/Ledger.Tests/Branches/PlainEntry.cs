using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>A transfer in a window of the oracle, and all who wait for it.</summary>
internal sealed record PlainEntry(PlainTransfer Transfer, Hash256 Id, byte[] Frame)
{
    public List<Waiter> Waiters { get; } = [];

    /// <summary>Those of the waiters who sent it again.</summary>
    public int Joined { get; set; }

    /// <summary>Nobody waits any more.</summary>
    public void Forget()
    {
        Waiters.Clear();
        Joined = 0;
    }
}
