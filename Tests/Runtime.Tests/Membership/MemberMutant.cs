using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>Breaks the protocol of one run on purpose, from outside. This one lets everything pass.</summary>
internal class MemberMutant
{
    /// <summary>The table that a node gets; called at every boot.</summary>
    public virtual IMembershipStore Store(IMembershipStore store, SimulatedNode node) => store;

    /// <summary>The times that a node keeps.</summary>
    public virtual MembershipTiming TimingOf(MembershipTiming timing) => timing;

    /// <summary>What an actor is to handle in a message's stead; null: nothing.</summary>
    public virtual object? OnMessage(in SimulatedMessage message) => message.Message;
}
