namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// One change of the table. The rules that every store holds to: a new row begins as Joining, with an incarnation above all of its name, and brings all
/// older rows of that name to Down or below; of an old row only the state changes, and only downwards in its list; a row is dropped only when it is
/// Removed and a newer one of its name is there. Votes of and about members that are down or gone are dropped with them.
/// </summary>
public sealed record MembershipChange
{
    /// <summary>New rows (their JoinedAt is the version that the change makes), and old ones with another state.</summary>
    public IReadOnlyList<Member> Rows { get; init; } = [];

    /// <summary>Votes cast; one that is there already is renewed.</summary>
    public IReadOnlyList<SuspicionVote> Votes { get; init; } = [];

    /// <summary>Votes taken back; their lifetimes say nothing.</summary>
    public IReadOnlyList<SuspicionVote> Withdrawn { get; init; } = [];

    /// <summary>Rows that go.</summary>
    public IReadOnlyList<NodeId> Dropped { get; init; } = [];

    /// <summary>Whether there is anything to do.</summary>
    public bool IsEmpty => Rows.Count == 0 && Votes.Count == 0 && Withdrawn.Count == 0 && Dropped.Count == 0;

    /// <summary>The table after this change.</summary>
    /// <exception cref="IllegalMembershipChangeException">It is against the rules.</exception>
    public MembershipView ApplyTo(MembershipView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var table = new MemberTable(view.Table.Version + 1, ChangedMembers(view.Table));
        return new MembershipView(
            table,
            [.. table.Members.Select(member => view.Heartbeats.FirstOrDefault(beat => beat.Node == member.Id, new Heartbeat(member.Id, 0)))],
            [.. ChangedVotes(view.Votes).Where(vote => IsAlive(table, vote.Suspect) && IsAlive(table, vote.Voter))]);
    }

    private List<Member> ChangedMembers(MemberTable table)
    {
        List<Member> members = [.. table.Members];
        foreach (Member row in Rows)
        {
            int at = members.FindIndex(member => member.Id == row.Id);
            if (at < 0)
            {
                Require(row.State == MemberState.Joining, row.Id, "does not begin as Joining");
                Require(!table.Members.Any(member => member.Id.Name == row.Id.Name && member.Id.Incarnation >= row.Id.Incarnation), row.Id, "is no new life");
                members.Add(row with { JoinedAt = table.Version + 1 });
            }
            else
            {
                Require(row.State > members[at].State, row.Id, $"goes from {members[at].State} to {row.State}");
                members[at] = members[at] with { State = row.State };
            }
        }

        foreach (NodeId id in Dropped)
        {
            Require(members.Exists(member => member.Id.Name == id.Name && member.Id.Incarnation > id.Incarnation), id, "is dropped though it is the newest of its name");
            Require(members.RemoveAll(member => member.Id == id && member.State == MemberState.Removed) == 1, id, "is dropped without having been removed");
        }

        foreach (IGrouping<string, Member> lives in members.Where(static member => member.State < MemberState.Down).GroupBy(static member => member.Id.Name))
        {
            Require(lives.Count() == 1, lives.First().Id, "has a second life beside it");
        }

        return members;
    }

    private IEnumerable<SuspicionVote> ChangedVotes(IReadOnlyList<SuspicionVote> votes) =>
        votes.Where(vote => !Votes.Concat(Withdrawn).Any(other => other.Suspect == vote.Suspect && other.Voter == vote.Voter)).Concat(Votes);

    private static bool IsAlive(MemberTable table, NodeId id) => table.Find(id) is { State: < MemberState.Down };

    private static void Require(bool holds, NodeId id, string what)
    {
        if (!holds)
        {
            throw new IllegalMembershipChangeException($"{id} {what}");
        }
    }
}

/// <summary>A change of the table of members that is against its rules: a bug.</summary>
public sealed class IllegalMembershipChangeException(string message) : InvalidOperationException(message);
