using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>Passes every question on to the table, and tells of it first. A base for what changes some.</summary>
internal class WatchedStore(IMembershipStore store, Action<ulong, StoreQuestion>? onQuestion = null) : IMembershipStore
{
    public virtual void Read(ulong ticket, IActorRef replyTo)
    {
        onQuestion?.Invoke(ticket, StoreQuestion.Read);
        store.Read(ticket, replyTo);
    }

    public virtual void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo)
    {
        onQuestion?.Invoke(ticket, StoreQuestion.Change);
        store.Change(ticket, expectedVersion, change, replyTo);
    }

    public virtual void Beat(ulong ticket, NodeId node, IActorRef replyTo)
    {
        onQuestion?.Invoke(ticket, StoreQuestion.Beat);
        store.Beat(ticket, node, replyTo);
    }
}

/// <summary>What a node asks the table for.</summary>
internal enum StoreQuestion
{
    Read,
    Change,
    Beat,
}
