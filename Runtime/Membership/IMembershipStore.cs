namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// Where the table of members is kept: one row that every change of members and votes must advance by compare-and-swap, so that changes have one order
/// that all see. Answers come by message and bear the ticket of what was asked; one may be lost, and is never waited for for ever.
/// </summary>
public interface IMembershipStore
{
    /// <summary>Reads everything as of one moment: <see cref="MembershipRead"/> or <see cref="MembershipUnavailable"/>.</summary>
    void Read(ulong ticket, IActorRef replyTo);

    /// <summary>
    /// Makes the change and raises the version by one, all at once, if the version is still <paramref name="expectedVersion"/>:
    /// <see cref="MembershipWritten"/>, <see cref="MembershipConflict"/> or <see cref="MembershipUnavailable"/>. After the last one it may or may not have
    /// happened. A change against the rules of <see cref="MembershipChange"/> is never made.
    /// </summary>
    void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo);

    /// <summary>
    /// "I am alive": counts the node's heartbeat up, without a new version, unless it is down or removed; then reads everything as
    /// <see cref="Read"/> does: <see cref="MembershipRead"/> or <see cref="MembershipUnavailable"/>.
    /// </summary>
    void Beat(ulong ticket, NodeId node, IActorRef replyTo);
}

/// <summary>What a store answers.</summary>
public abstract record MembershipAnswer(ulong Ticket) : IControlMessage;

/// <summary>An answer that shows the table.</summary>
public abstract record MembershipSeen(ulong Ticket, MembershipView View) : MembershipAnswer(Ticket);

/// <summary>The table as it is.</summary>
public sealed record MembershipRead(ulong Ticket, MembershipView View) : MembershipSeen(Ticket, View);

/// <summary>The change was made. The table after it, or later.</summary>
public sealed record MembershipWritten(ulong Ticket, MembershipView View) : MembershipSeen(Ticket, View);

/// <summary>Somebody else changed it first; nothing was done. The table as it is now.</summary>
public sealed record MembershipConflict(ulong Ticket, MembershipView View) : MembershipSeen(Ticket, View);

/// <summary>The database did not answer, or not with yes.</summary>
public sealed record MembershipUnavailable(ulong Ticket, string Reason) : MembershipAnswer(Ticket);
