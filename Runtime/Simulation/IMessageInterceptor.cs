namespace LeitherCluster.Runtime.Simulation;

/// <summary>A message that its actor is about to handle.</summary>
public readonly record struct SimulatedMessage(SimulatedNode Node, IActorRef Receiver, IActorRef Sender, object Message);

/// <summary>
/// Stands between every message and its actor, and may do what no network and no disk does: change it, swallow it, tell others of it. So a
/// test breaks a protocol on purpose and sees whether its checks notice.
/// </summary>
public interface IMessageInterceptor
{
    /// <summary>What the actor is to handle in the message's stead; the message itself for no change, null for nothing.</summary>
    object? OnMessage(in SimulatedMessage message);
}
