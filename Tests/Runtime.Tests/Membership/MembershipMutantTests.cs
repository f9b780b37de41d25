using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>The protocol, broken on purpose in one place each: the seeds must notice, or the witness is blind.</summary>
public sealed class MembershipMutantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 60;

    [Fact]
    public void PausesAreNotNoticed_IsCaught() => Catch(static () => new LastingTrust(), MemberRule.PauseIsNoticed);

    [Fact]
    public void HeartbeatsAreNotWritten_IsCaught() => Catch(static () => new LostHeartbeats(), MemberRule.DownHasACause, MemberRule.DownIsOutvoted, MemberRule.StaysInPeace);

    [Fact]
    public void ATableThatIsAwayIsTakenForASilentOne_IsCaught() => Catch(static () => new OldTables(), MemberRule.DownHasACause, MemberRule.PauseIsNoticed);

    [Fact]
    public void DownIsNotReadByTheNodeItself_IsCaught() => Catch(static () => new DeafToTheEnd(), MemberRule.OvertakenStops);

    [Fact]
    public void OneVoteIsTakenForAll_IsCaught() => Catch(static () => new ForgedVotes(), MemberRule.DownIsOutvoted, MemberRule.StaysInPeace);

    [Fact]
    public void DeadNodesAreVouchedFor_IsCaught() => Catch(static () => new FalseWitnesses(), MemberRule.DeadIsNoticed, MemberRule.AgreesAfterHealing);

    [Fact]
    public void ChangesAreMadeWithoutComparing_IsCaught() =>
        Catch(static () => new BlindChanges(), MemberRule.NothingFails, MemberRule.NobodyComesBack, MemberRule.OneLifeOfAName, MemberRule.DownHasACause);

    [Fact]
    public void VotesAreNeverTakenBack_IsCaught() => Catch(static () => new LastingVotes(), MemberRule.AgreesAfterHealing, MemberRule.StaysInPeace, MemberRule.DownHasACause);

    private void Catch(Func<MemberMutant> mutant, params MemberRule[] rules)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            MemberResult result = MemberRun.Run(seed, mutant());
            if (result.Broken is { } broken)
            {
                output.WriteLine($"caught by seed {seed}: {result.Report.AsSpan(0, result.Report.IndexOf('\n', StringComparison.Ordinal))}");
                Assert.Contains(broken, rules);
                return;
            }
        }

        Assert.Fail($"{SeedsMax} seeds noticed nothing");
    }

    private sealed class LastingTrust : MemberMutant
    {
        public override MembershipTiming TimingOf(MembershipTiming timing) => timing with { PauseLimitMs = int.MaxValue };
    }

    private sealed class LostHeartbeats : MemberMutant
    {
        public override IMembershipStore Store(IMembershipStore store, SimulatedNode node) => new Silent(store);

        private sealed class Silent(IMembershipStore store) : WatchedStore(store)
        {
            public override void Beat(ulong ticket, NodeId node, IActorRef replyTo) => base.Read(ticket, replyTo);
        }
    }

    /// <summary>While the database is away, nodes are shown the table as it was last.</summary>
    private sealed class OldTables : MemberMutant
    {
        private readonly Dictionary<SimulatedNode, MembershipView> _last = [];

        public override object? OnMessage(in SimulatedMessage message)
        {
            if (message.Message is MembershipSeen seen)
            {
                _last[message.Node] = seen.View;
            }

            return message.Message is MembershipUnavailable away && _last.TryGetValue(message.Node, out MembershipView? view)
                ? new MembershipRead(away.Ticket, view)
                : message.Message;
        }
    }

    private sealed class DeafToTheEnd : MemberMutant
    {
        public override object? OnMessage(in SimulatedMessage message)
        {
            string name = message.Node.Name;
            return message.Message is MembershipRead seen
                && seen.View.Table.Members.Where(member => member.Id.Name == name).MaxBy(static member => member.Id.Incarnation) is { State: MemberState.Down or MemberState.Removed }
                    ? null
                    : message.Message;
        }
    }

    /// <summary>A node takes it that everybody has voted against everybody.</summary>
    private sealed class ForgedVotes : MemberMutant
    {
        public override object? OnMessage(in SimulatedMessage message) => message.Message is MembershipRead read
            ? read with { View = read.View with { Votes = [.. All(read.View.Table)] } }
            : message.Message;

        private static IEnumerable<SuspicionVote> All(MemberTable table) =>
            from suspect in table.Up from voter in table.Up where suspect != voter select new SuspicionVote(suspect.Id, voter.Id, 1_000);
    }

    private sealed class FalseWitnesses : MemberMutant
    {
        public override object? OnMessage(in SimulatedMessage message)
        {
            if (message.Message is ProbeFor probe)
            {
                message.Sender.Tell(new ProbeHeard(probe.Target, probe.Sequence));
            }

            return message.Message;
        }
    }

    /// <summary>A change that met another one is made all the same, on top of it.</summary>
    private sealed class BlindChanges : MemberMutant
    {
        private readonly Dictionary<SimulatedNode, Remembering> _stores = [];

        public override IMembershipStore Store(IMembershipStore store, SimulatedNode node) => _stores[node] = new Remembering(store);

        public override object? OnMessage(in SimulatedMessage message)
        {
            if (message.Message is not MembershipConflict conflict || _stores[message.Node].Last is not { } last)
            {
                return message.Message;
            }

            _stores[message.Node].Change(conflict.Ticket, conflict.View.Table.Version, last, message.Receiver);
            return null;
        }

        private sealed class Remembering(IMembershipStore store) : WatchedStore(store)
        {
            public MembershipChange? Last { get; private set; }

            public override void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo) =>
                base.Change(ticket, expectedVersion, Last = change, replyTo);
        }
    }

    private sealed class LastingVotes : MemberMutant
    {
        public override IMembershipStore Store(IMembershipStore store, SimulatedNode node) => new Keeping(store);

        private sealed class Keeping(IMembershipStore store) : WatchedStore(store)
        {
            public override void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo) => base.Change(
                ticket,
                expectedVersion,
                change with { Withdrawn = [], Votes = [.. change.Votes.Select(static vote => vote with { LifetimeMs = int.MaxValue })] },
                replyTo);
        }
    }
}
