namespace LeitherCluster.Runtime.Membership;

/// <summary>What a node wrote of itself last.</summary>
/// <param name="Number">counts that life's heartbeats</param>
public readonly record struct Heartbeat(NodeId Node, ulong Number);

/// <summary>One member's opinion that another one is dead. It is in force until its time is over, by the clock of the table's database.</summary>
/// <param name="LifetimeMs">as written: how long it holds; as read: how much of that is left, above 0</param>
public readonly record struct SuspicionVote(NodeId Suspect, NodeId Voter, int LifetimeMs);

/// <summary>All that the table holds, as of one moment.</summary>
/// <param name="Table">the members; a vote raises its version, a heartbeat does not</param>
/// <param name="Heartbeats">one for each member</param>
/// <param name="Votes">those in force</param>
public sealed record MembershipView(MemberTable Table, IReadOnlyList<Heartbeat> Heartbeats, IReadOnlyList<SuspicionVote> Votes)
{
    /// <summary>The table before anybody joined.</summary>
    public static MembershipView Empty { get; } = new(MemberTable.Empty, [], []);
}
