using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>Breaks the protocol between nodes on purpose: it stands before every node's journal, its layout and its actors' messages. By itself it lets everything pass.</summary>
internal sealed class ClusterMutant : IMessageInterceptor
{
    /// <summary>What the actor is to handle in a message's stead; null: nothing.</summary>
    public Func<SimulatedMessage, object?> Change { get; init; } = static message => message.Message;

    /// <summary>The journal that a node gets; called at every boot.</summary>
    public Func<IJournalStore, IJournalStore> Journal { get; init; } = static store => store;

    /// <summary>The layout that a node gets; called at every boot.</summary>
    public Func<ILayoutStore, ILayoutStore> Layouts { get; init; } = static store => store;

    /// <summary>Whether the database refuses what is written under an epoch that is over.</summary>
    public bool IsFenced { get; init; } = true;

    public object? OnMessage(in SimulatedMessage message) => Change(message);
}
