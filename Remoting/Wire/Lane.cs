namespace LeitherCluster.Remoting.Wire;

/// <summary>The two ways from one node to another, each a connection of its own, so that no heartbeat waits behind credits.</summary>
public enum Lane : byte
{
    /// <summary>Small messages: the steps of a pulse, membership, questions and answers.</summary>
    Control = 0,

    /// <summary>Large messages: credits and batches of transfers.</summary>
    Bulk = 1,
}
