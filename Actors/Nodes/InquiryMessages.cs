using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Nodes;

/// <summary>One node's desk to another's: a question that only the owner of a stream can answer.</summary>
/// <param name="Number">comes back with the answer</param>
/// <param name="Branch">whose branch is asked; null: the root, the acceptances or the places of the whole node</param>
/// <param name="Body">the question as its actor takes it</param>
public sealed record Question(ulong Number, uint? Branch, IWireMessage Body) : IControlMessage, IWireMessage;

/// <summary>Back: the answer as the actor gave it.</summary>
public sealed record QuestionAnswered(ulong Number, NodeId From, IWireMessage Body) : IControlMessage, IBulkMessage;

/// <summary>The desk has too many questions open: ask again later.</summary>
public sealed record DeskIsFull : IControlMessage
{
    public static readonly DeskIsFull Instance = new();
}

/// <summary>The guardian to its desk: who answers on this node; nobody where a stream is elsewhere.</summary>
public sealed record DeskActors(LedgerLayout Layout, IActorRef Chief, IActorRef Acceptances) : IControlMessage;
