using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>What every table of members keeps. Each backend runs all of it.</summary>
public abstract class MembershipStoreConformance
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b-2.c_d", 1);

    private readonly Inbox _inbox = new();
    private ulong _ticket;

    protected abstract IMembershipStore Store { get; }

    /// <summary>Lets the store work until the condition holds, a few seconds at most.</summary>
    protected abstract void Until(Func<bool> condition);

    [Fact]
    public void Read_NobodyThere_IsEmpty()
    {
        MembershipView view = Read();
        Assert.Equal((0UL, 0, 0, 0), (view.Table.Version, view.Table.Members.Count, view.Heartbeats.Count, view.Votes.Count));
    }

    [Fact]
    public void Change_TwoJoin_ShowsThemAsTheyWereWritten()
    {
        MembershipView view = Join(s_a);
        Assert.Equal(1UL, view.Table.Version);
        view = Join(s_b, MemberRoles.Ingress | MemberRoles.Trunk);
        Assert.Equal(2UL, view.Table.Version);
        Assert.Equal([Row(s_a) with { JoinedAt = 1 }, Row(s_b, MemberRoles.Ingress | MemberRoles.Trunk) with { JoinedAt = 2 }], view.Table.Members.OrderBy(static member => member.JoinedAt));
        Assert.Equal([0UL, 0UL], view.Heartbeats.Select(static beat => beat.Number));
        Assert.Equal(view.Table.Members.OrderBy(static member => member.JoinedAt), Read().Table.Members.OrderBy(static member => member.JoinedAt));
    }

    [Fact]
    public void Change_OfAnOlderVersion_IsAConflictAndChangesNothing()
    {
        Join(s_a);
        MembershipConflict conflict = Assert.IsType<MembershipConflict>(Change(0, new MembershipChange { Rows = [Row(s_b)] }));
        Assert.Equal([s_a], conflict.View.Table.Members.Select(static member => member.Id));
        Assert.Equal(1UL, Read().Table.Version);
        Assert.IsType<MembershipConflict>(Change(2, new MembershipChange { Rows = [Row(s_b)] }));
    }

    [Fact]
    public void Change_State_GoesOnlyDownwards()
    {
        Join(s_a);
        Assert.Equal(MemberState.Up, Become(s_a, MemberState.Up).Table.Find(s_a)!.State);
        Refused(new MembershipChange { Rows = [Row(s_a) with { State = MemberState.Joining }] });
        Refused(new MembershipChange { Rows = [Row(s_a) with { State = MemberState.Up }] });
        MembershipView view = Become(s_a, MemberState.Down);
        Assert.Equal((3UL, 1UL), (view.Table.Version, view.Table.Find(s_a)!.JoinedAt));
        Refused(new MembershipChange { Rows = [Row(s_a) with { State = MemberState.Up }] });
    }

    [Fact]
    public void Change_NewLife_BeginsAsJoiningAboveAllOfItsNameAndAlone()
    {
        Join(new NodeId("a", 4));
        Refused(new MembershipChange { Rows = [Row(new NodeId("a", 5))] });
        Refused(new MembershipChange { Rows = [Row(new NodeId("b", 1)) with { State = MemberState.Up }] });
        Member old = Row(new NodeId("a", 4)) with { State = MemberState.Down };
        Refused(new MembershipChange { Rows = [old, Row(new NodeId("a", 3))] });
        MembershipView view = Made(new MembershipChange { Rows = [Row(new NodeId("a", 5)), old] });
        Assert.Equal([MemberState.Down, MemberState.Joining], view.Table.Members.OrderBy(static member => member.Id.Incarnation).Select(static member => member.State));
    }

    [Fact]
    public void Change_Dropped_OnlyWhenRemovedAndFollowed()
    {
        Join(s_a);
        Become(s_a, MemberState.Down);
        Refused(new MembershipChange { Dropped = [s_a], Rows = [Row(s_a with { Incarnation = 2 })] });
        Become(s_a, MemberState.Removed);
        Refused(new MembershipChange { Dropped = [s_a] });
        Refused(new MembershipChange { Dropped = [new NodeId("x", 1)] });
        MembershipView view = Made(new MembershipChange { Dropped = [s_a], Rows = [Row(s_a with { Incarnation = 2 })] });
        Assert.Equal([s_a with { Incarnation = 2 }], view.Table.Members.Select(static member => member.Id));
    }

    [Fact]
    public void Beat_Member_CountsUpWithoutANewVersionUntilItIsDown()
    {
        Join(s_a);
        Join(s_b);
        Assert.Equal((2UL, 1UL), Beat(s_a));
        Assert.Equal((2UL, 2UL), Beat(s_a));
        Assert.Equal((2UL, 1UL), Beat(s_b));
        Become(s_a, MemberState.Down);
        Assert.Equal((3UL, 2UL), Beat(s_a));
        Ask((ticket, inbox) => Store.Beat(ticket, new NodeId("nobody", 1), inbox));
        Assert.Equal(2, Read().Heartbeats.Count);
    }

    [Fact]
    public void Votes_CastRenewedAndTakenBack()
    {
        Join(s_a);
        Join(s_b);
        MembershipView view = Made(new MembershipChange { Votes = [new SuspicionVote(s_a, s_b, 60_000), new SuspicionVote(s_b, s_a, 60_000)] });
        Assert.Equal(3UL, view.Table.Version);
        Assert.Equal([(s_a, s_b), (s_b, s_a)], view.Votes.Select(static vote => (vote.Suspect, vote.Voter)).OrderBy(static vote => vote.Suspect.Name));
        Assert.All(view.Votes, static vote => Assert.InRange(vote.LifetimeMs, 50_000, 60_000));
        view = Made(new MembershipChange { Votes = [new SuspicionVote(s_a, s_b, 600_000)], Withdrawn = [new SuspicionVote(s_b, s_a, 0)] });
        SuspicionVote vote = Assert.Single(view.Votes);
        Assert.Equal((s_a, s_b), (vote.Suspect, vote.Voter));
        Assert.InRange(vote.LifetimeMs, 60_001, 600_000);
    }

    [Fact]
    public void Votes_OfAndAboutThoseThatAreDown_AreGone()
    {
        NodeId c = new("c", 1);
        Join(s_a);
        Join(s_b);
        Join(c);
        Made(new MembershipChange { Votes = [new SuspicionVote(s_a, s_b, 60_000), new SuspicionVote(s_b, s_a, 60_000), new SuspicionVote(c, s_b, 60_000)] });
        SuspicionVote left = Assert.Single(Become(s_a, MemberState.Down).Votes);
        Assert.Equal((c, s_b), (left.Suspect, left.Voter));
    }

    [Fact]
    public void Votes_TimeOver_AreInForceNoMore()
    {
        Join(s_a);
        Join(s_b);
        Made(new MembershipChange { Votes = [new SuspicionVote(s_a, s_b, 40), new SuspicionVote(s_b, s_a, 60_000)] });
        MembershipView view = Read();
        for (int tries = 0; view.Votes.Count > 1 && tries < 100_000; tries++)
        {
            view = Read();
        }

        Assert.Equal(s_b, Assert.Single(view.Votes).Suspect);
        Assert.Equal(3UL, view.Table.Version);
        Assert.IsType<MembershipWritten>(Change(3, new MembershipChange { Votes = [new SuspicionVote(s_a, s_b, 60_000)] }));
        Assert.Equal(2, Read().Votes.Count);
    }

    private static Member Row(NodeId id, MemberRoles roles = MemberRoles.All) => new(id, $"{id.Name}:4000", roles, "1.0-x", MemberState.Joining, 0);

    private MembershipView Join(NodeId id, MemberRoles roles = MemberRoles.All) => Made(new MembershipChange { Rows = [Row(id, roles)] });

    private MembershipView Become(NodeId id, MemberState state) => Made(new MembershipChange { Rows = [Row(id) with { State = state }] });

    private (ulong Version, ulong Number) Beat(NodeId id)
    {
        MembershipView view = Assert.IsType<MembershipRead>(Ask((ticket, inbox) => Store.Beat(ticket, id, inbox))).View;
        return (view.Table.Version, view.Heartbeats.Single(beat => beat.Node == id).Number);
    }

    private MembershipView Read() => Assert.IsType<MembershipRead>(Ask((ticket, inbox) => Store.Read(ticket, inbox))).View;

    private MembershipView Made(MembershipChange change) => Assert.IsType<MembershipWritten>(Change(Read().Table.Version, change)).View;

    private MembershipAnswer Change(ulong version, MembershipChange change) => Ask((ticket, inbox) => Store.Change(ticket, version, change, inbox));

    /// <summary>Against the rules: a store throws or says that it did nothing; in no case is it made.</summary>
    private void Refused(MembershipChange change)
    {
        MembershipView before = Read();
        try
        {
            Assert.IsType<MembershipUnavailable>(Change(before.Table.Version, change));
        }
        catch (IllegalMembershipChangeException)
        {
            // In a simulation nobody is there to be told.
        }

        MembershipView after = Read();
        Assert.Equal(before.Table.Version, after.Table.Version);
        Assert.Equal(before.Table.Members.OrderBy(static member => member.JoinedAt), after.Table.Members.OrderBy(static member => member.JoinedAt));
    }

    private MembershipAnswer Ask(Action<ulong, IActorRef> question)
    {
        question(++_ticket, _inbox);
        Until(() => !_inbox.IsEmpty);
        MembershipAnswer answer = Assert.IsAssignableFrom<MembershipAnswer>(_inbox.Take());
        Assert.Equal(_ticket, answer.Ticket);
        return answer;
    }
}
