using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>The pure parts of membership.</summary>
public sealed class MembershipRulesTests
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b", 1);

    [Fact]
    public void VotesNeeded_AnyDivision_TheSmallerSideNeverHasThemAndTheLargerAlwaysHas()
    {
        for (int nodes = 3; nodes <= 50; nodes++)
        {
            int needed = MembershipRules.VotesNeeded(nodes - 1);
            for (int side = 1; side < nodes; side++)
            {
                Assert.Equal(2 * side >= nodes, side >= needed);
            }
        }
    }

    [Fact]
    public void VotesNeeded_EvenDivision_WhoIsDeclaredDownFirstLeavesItsSideShort()
    {
        for (int half = 2; half <= 20; half++)
        {
            Assert.True(half >= MembershipRules.VotesNeeded((2 * half) - 1));
            Assert.True(half - 1 < MembershipRules.VotesNeeded((2 * half) - 2));
        }
    }

    [Fact]
    public void Judge_MemberThatAnswersNoProbe_IsSuspectedAtWorkAndLeftInPeaceWhileItJoins()
    {
        Assert.Equal([s_b], JudgeUnanswered(MemberState.Up, isBeating: true).Votes.Select(static vote => vote.Suspect));
        Assert.True(JudgeUnanswered(MemberState.Joining, isBeating: true).IsEmpty);
        MembershipChange late = JudgeUnanswered(MemberState.Joining, isBeating: false);
        Assert.Equal(MemberState.Down, Assert.Single(late.Rows).State);
    }

    /// <summary>What a says of b, which has missed every probe.</summary>
    private static MembershipChange JudgeUnanswered(MemberState state, bool isBeating)
    {
        MembershipTiming timing = MembershipTiming.Default;
        Member[] members = [.. new[] { (s_a, MemberState.Up), (s_b, state), (new NodeId("c", 1), MemberState.Up) }.Select(static member => new Member(member.Item1, "x:1", MemberRoles.All, "1", member.Item2, 0))];
        var probes = new ProbeBook(timing.MissedProbesMax);
        probes.Probe(new HashSet<NodeId> { s_b });
        for (int round = 0; round <= timing.MissedProbesMax; round++)
        {
            probes.BeginRound();
        }

        var silence = new SilenceBook(timing.HeartbeatMs);
        for (int beats = 0; beats <= timing.HeartbeatLimitMs / timing.HeartbeatMs; beats++)
        {
            silence.Look([new Heartbeat(s_a, (ulong)beats), new Heartbeat(s_b, isBeating ? (ulong)beats : 0)], beats * timing.HeartbeatMs);
        }

        return MembershipRules.Judge(new MembershipView(new MemberTable(1, members), [], []), s_a, timing, probes, silence);
    }

    [Fact]
    public void SilenceBook_WatchedWithoutAGap_CountsFromTheLastHeartbeatSeen()
    {
        var book = new SilenceBook(100);
        book.Look([new Heartbeat(s_a, 1), new Heartbeat(s_b, 1)], 0);
        book.Look([new Heartbeat(s_a, 1), new Heartbeat(s_b, 2)], 80);
        book.Look([new Heartbeat(s_a, 1), new Heartbeat(s_b, 2)], 160);
        Assert.Equal((160L, 80L), (book.SilentMs(s_a), book.SilentMs(s_b)));
        Assert.Equal(0, book.SilentMs(new NodeId("c", 1)));
        book.Look([new Heartbeat(s_b, 2)], 200);
        Assert.Equal((0L, 120L), (book.SilentMs(s_a), book.SilentMs(s_b)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SilenceBook_WatchInterrupted_BeginsAnew(bool isTold)
    {
        var book = new SilenceBook(100);
        book.Look([new Heartbeat(s_a, 1)], 0);
        book.Look([new Heartbeat(s_a, 1)], 100);
        if (isTold)
        {
            book.Interrupt();
            Assert.Equal(0, book.SilentMs(s_a));
        }

        book.Look([new Heartbeat(s_a, 1)], isTold ? 150 : 201);
        Assert.Equal(0, book.SilentMs(s_a));
    }

    [Fact]
    public void ProbeBook_MissedInARow_MakeASuspicionAndOneAnswerEndsIt()
    {
        var book = new ProbeBook(2);
        book.Probe(new HashSet<NodeId> { s_a });
        ulong first = Assert.Single(book.BeginRound()).Sequence;
        Assert.False(book.IsDoubtful(s_a));
        Assert.True(Assert.Single(book.BeginRound()).AlsoIndirectly);
        Assert.True(book.IsDoubtful(s_a) && !book.IsSuspect(s_a));
        ulong third = Assert.Single(book.BeginRound()).Sequence;
        Assert.Equal([s_a], book.Suspects);

        book.Heard(s_a, first, directly: true);
        Assert.True(book.IsSuspect(s_a) && !book.WasReached(s_a));
        book.Heard(s_a, third, directly: false);
        Assert.False(book.IsDoubtful(s_a) || book.WasReached(s_a));
        Assert.False(Assert.Single(book.BeginRound()).AlsoIndirectly);
        book.Heard(s_a, third, directly: true);
        Assert.True(book.WasReached(s_a));
    }

    [Fact]
    public void ProbeBook_AfterAPause_NothingWasMissed()
    {
        var book = new ProbeBook(1);
        book.Probe(new HashSet<NodeId> { s_a });
        book.BeginRound();
        book.BeginRound();
        Assert.True(book.IsSuspect(s_a));
        book.Forgive();
        Assert.False(book.IsDoubtful(s_a));
        book.BeginRound();
        Assert.False(book.IsDoubtful(s_a));
    }

    [Fact]
    public void NodeStanding_AfterAPause_IsSureOnlyWhenConfirmedAgain()
    {
        using var cluster = new SimulatedCluster(1);
        SimulatedNode node = cluster.AddNode("a", static _ => { });
        var standing = new NodeStanding(node.Clock, 100);
        standing.Begin();
        Assert.False(standing.IsSure);
        standing.Confirm();
        Assert.True(standing.IsSure);
        cluster.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.True(standing.IsSure);
        Assert.False(standing.TakeTurn());
        cluster.RunFor(TimeSpan.FromMilliseconds(101));
        Assert.False(standing.IsSure);
        Assert.True(standing.TakeTurn());
        Assert.False(standing.IsSure);
        Assert.False(standing.TakeTurn());
        Assert.False(standing.IsSure);
        standing.Confirm();
        Assert.True(standing.IsSure);
    }

    [Theory]
    [InlineData("a#1", true)]
    [InlineData("a.b-c_D#4294967295", true)]
    [InlineData("a\u00e9#1", false)]
    [InlineData("a#0", false)]
    [InlineData("a", false)]
    [InlineData("#1", false)]
    [InlineData("a b#1", false)]
    [InlineData("a/b#1", false)]
    [InlineData("a#b#1", false)]
    [InlineData("a#-1", false)]
    [InlineData("a#4294967296", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void NodeId_Text_IsReadBackOrRefused(string? text, bool isOne)
    {
        Assert.Equal(isOne, NodeId.TryParse(text, out NodeId node));
        Assert.Equal(isOne ? text : "#0", node.ToString());
    }

    [Fact]
    public void Timing_BothProfiles_GoTogether()
    {
        MembershipTiming.Default.Check();
        MembershipTiming.Fast.Check();
        Assert.Throws<InvalidOperationException>((MembershipTiming.Default with { VoterSilenceMs = 600 }).Check);
        Assert.Throws<InvalidOperationException>((MembershipTiming.Default with { VoteLifetimeMs = 500 }).Check);
    }
}
