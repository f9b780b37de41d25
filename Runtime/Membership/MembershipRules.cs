namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// What a member does about the table that it has just read: pure, and asked again at every reading, so that a lost answer, a conflict and a restart need
/// no care of their own.
/// </summary>
internal static class MembershipRules
{
    /// <summary>
    /// How many votes declare a member down, of so many that can vote: members at work or leaving, but for the suspect, that are not silent. A majority
    /// of them, and two at least where there are two.
    /// </summary>
    /// <remarks>
    /// The smallest number that one side of a divided cluster and its other side cannot both reach: the first member that goes leaves its side short. In a
    /// cluster of two, and where all the others are dead and have fallen silent in the table, one vote is enough; two nodes that cannot reach each other
    /// then race for the table's next version, and one of them wins. Whoever is declared down wrongly loses its streams to a higher epoch, and
    /// can write nothing any more: the fence makes it right, and this rule only decides who goes on.
    /// </remarks>
    public static int VotesNeeded(int canVote) => canVote <= 1 ? 1 : Math.Max(2, (canVote / 2) + 1);

    /// <summary>The members that can vote on a suspect.</summary>
    public static IEnumerable<Member> VotersOn(MemberTable table, NodeId suspect, Func<NodeId, bool> isSilent) =>
        table.Members.Where(member => member.State is MemberState.Up or MemberState.Leaving && member.Id != suspect && !isSilent(member.Id));

    /// <summary>Whether a member may be brought from one state to another by somebody's wish.</summary>
    public static bool MayBecome(MemberState from, MemberState to) => to switch
    {
        MemberState.Leaving => from is MemberState.Joining or MemberState.Up,
        MemberState.Down => from is MemberState.Joining or MemberState.Up or MemberState.Leaving,
        MemberState.Removed => from is MemberState.Joining or MemberState.Leaving or MemberState.Down,
        _ => false,
    };

    /// <summary>The change that brings a new life of a node into the table: older lives of its name are over with it.</summary>
    public static MembershipChange Join(MemberTable table, MembershipOptions self)
    {
        Member[] lives = [.. table.Members.Where(member => member.Id.Name == self.Name)];
        uint incarnation = checked(lives.Select(static life => life.Id.Incarnation).DefaultIfEmpty().Max() + 1);
        var row = new Member(new NodeId(self.Name, incarnation), self.Address, self.Roles, self.Version, MemberState.Joining, 0);
        return new MembershipChange
        {
            Rows = [row, .. lives.Where(static life => life.State < MemberState.Down).Select(static life => life with { State = MemberState.Down })],
            Dropped = [.. lives.Where(static life => life.State == MemberState.Removed).Select(static life => life.Id)],
        };
    }

    /// <summary>What a member at work, or leaving, does about the others: votes cast, renewed and taken back, and who is down.</summary>
    /// <remarks>
    /// Who is still joining owns nothing, and a young process on a busy machine answers late: it is judged by its heartbeats alone, and may take
    /// <see cref="MembershipTiming.HeartbeatLimitMs"/>.
    /// </remarks>
    public static MembershipChange Judge(MembershipView view, NodeId self, MembershipTiming timing, ProbeBook probes, SilenceBook silence)
    {
        List<Member> rows = [];
        List<SuspicionVote> votes = [];
        List<SuspicionVote> withdrawn = [];
        foreach (Member member in view.Table.Members.Where(member => member.State < MemberState.Down && member.Id != self))
        {
            SuspicionVote[] cast = [.. view.Votes.Where(vote => vote.Suspect == member.Id)];
            SuspicionVote? own = cast.Where(vote => vote.Voter == self).Cast<SuspicionVote?>().FirstOrDefault();
            bool isSuspect = member.State != MemberState.Joining && probes.IsSuspect(member.Id);
            if (silence.SilentMs(member.Id) >= timing.HeartbeatLimitMs || (isSuspect && IsOutvoted(view.Table, member.Id, self, cast, IsSilent)))
            {
                rows.Add(member with { State = MemberState.Down });
            }
            else if (isSuspect && (own is not { } vote || vote.LifetimeMs < timing.VoteLifetimeMs / 2))
            {
                votes.Add(new SuspicionVote(member.Id, self, timing.VoteLifetimeMs));
            }
            else if (!isSuspect && own is { } taken)
            {
                withdrawn.Add(taken);
            }
        }

        return new MembershipChange { Rows = rows, Votes = votes, Withdrawn = withdrawn };

        bool IsSilent(NodeId node) => node != self && silence.SilentMs(node) >= timing.VoterSilenceMs;
    }

    /// <summary>Whether the votes in force and the own one are enough.</summary>
    private static bool IsOutvoted(MemberTable table, NodeId suspect, NodeId self, SuspicionVote[] cast, Func<NodeId, bool> isSilent)
    {
        HashSet<NodeId> canVote = [.. VotersOn(table, suspect, isSilent).Select(static member => member.Id)];
        int votes = canVote.Count(voter => voter == self || cast.Any(vote => vote.Voter == voter));
        return votes >= VotesNeeded(canVote.Count);
    }
}
