using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>One exchange by itself, with a region that only listens.</summary>
public sealed class ExchangeTests : IDisposable
{
    private const uint Moving = 1;

    private static readonly NodeId s_self = new("n0", 1);
    private static readonly NodeId s_other = new("n1", 1);

    private readonly SimulatedCluster _cluster = new(1);
    private readonly List<object> _told = [];
    private readonly IActorRef _exchange;
    private readonly ShardLayout _first;

    public ExchangeTests()
    {
        SimulatedNode node = _cluster.AddNode("n0", static node => node.AttachJournal(new MemoryJournalStore(new MemoryJournalMedium(), node.Buffers)));
        node.Boot();
        _cluster.RunFor(TimeSpan.FromMilliseconds(1));
        IActorRef region = node.System.Spawn(Props.Create(() => new Listener(_told)), "region");
        var options = new ExchangeOptions
        {
            Node = s_self,
            BranchCount = Scenario.Plain.BranchCount,
            Branches = region,
            TrunkOf = static _ => ActorRefs.Nobody,
            Peer = static _ => ActorRefs.Nobody,
            Freshness = new Freshness(null),
            Ingresses = [],
        };
        _exchange = node.System.Spawn(Props.Create(() => new Exchange(options)), "exchange");
        _first = ShardLayout.Empty.Moved(LedgerLayout.StreamsOf(Scenario.Plain.Parameters).Select(static stream => new ShardMove(stream, s_self)));
    }

    [Fact]
    public void BranchMovesAway_BeforeAnyTermBegan_ItIsStopped()
    {
        // A client's slice may have started it.
        Tell(new FollowLayout(View(_first)));
        Tell(new BranchAwake(Moving));
        Tell(new FollowLayout(View(WithoutBranch())));

        Assert.Contains(new StopEntity<uint>(Moving), _told);
    }

    [Fact]
    public void BranchIsAwake_ButHasMovedAway_TheBeatDoesNotWaitForIt()
    {
        LedgerLayout second = View(WithoutBranch());
        var term = new Term(second.Version, 1);
        Tell(new FollowLayout(View(_first)));
        Tell(new BranchAwake(Moving));
        Tell(new EnterTerm(term, second, null));
        Tell(new BranchStanding(term, 0, second.Owner(0).Epoch, BeatNumber.None, default, BeatNumber.None, default, default, 0, null));

        // Its last word, on the way when it was stopped.
        Tell(new BranchAwake(Moving));
        Tell(new BranchAwake(0));
        Tell(new OpenBeat(new BeatNumber(1, 1), new Timestamp(1_000), new TimeSequence(1), Finish: false, term));

        Assert.Equal([0u], _told.OfType<ShardEnvelope<uint>>().Where(static told => told.Message is SealWindow).Select(static told => told.EntityId));
    }

    [Fact]
    public void NextBeatOvertakesTheEndOfThisOne_Alone_ItIsOpenedWhenThisOneHasEnded()
    {
        LedgerLayout alone = View(_first);
        var term = new Term(alone.Version, 1);
        Tell(new EnterTerm(term, alone, null));
        for (uint branch = 0; branch < Scenario.Plain.BranchCount; branch++)
        {
            Tell(new BranchStanding(term, branch, alone.Owner(branch).Epoch, BeatNumber.None, default, BeatNumber.None, default, default, 0, null));
        }

        var first = new BeatNumber(1, 1);
        Tell(new OpenBeat(first, new Timestamp(1_000), new TimeSequence(1), Finish: false, term));
        Tell(new BranchAwake(0));
        Tell(new OpenBeat(first.Next(), new Timestamp(2_000), new TimeSequence(1), Finish: false, term));
        Assert.Empty(Seals());

        Tell(new BeatEnded(first, new Timestamp(1_000), TimeSequence.Zero, Changed: false, Summary: null));
        Assert.Equal([0u], Seals());

        IEnumerable<uint> Seals() => _told.OfType<ShardEnvelope<uint>>().Where(static told => told.Message is SealWindow).Select(static told => told.EntityId);
    }

    public void Dispose() => _cluster.Dispose();

    private static LedgerLayout View(ShardLayout layout) => LedgerLayout.Of(layout, s_self, Scenario.Plain.Parameters, isSpread: false)!;

    private ShardLayout WithoutBranch() => _first.Moved([new ShardMove(LedgerStreamOf(Moving), s_other)]);

    private static StreamId LedgerStreamOf(uint branch) => LeitherCluster.Actors.LedgerStreams.Branch(Scenario.Plain.Parameters.Ledger, branch);

    private void Tell(object message)
    {
        _exchange.Tell(message);
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
    }

    private sealed class Listener(List<object> told) : Actor
    {
        protected override void Receive(object message) => told.Add(message);
    }
}
