using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors.Pulses;

/// <summary>A clock alone on a simulated node, with a cycle of a second, and a trunk that only listens.</summary>
public sealed class PulseClockTests : IDisposable
{
    private static readonly Term s_term = new(1, 1);

    private readonly SimulatedCluster _cluster = new(seed: 1);
    private readonly List<object> _told = [];
    private readonly List<long> _skipped = [];
    private readonly IActorRef _clock;

    public PulseClockTests()
    {
        SimulatedNode node = _cluster.AddNode("node", static _ => { });
        node.Boot();
        Run(50);
        node.System.EventStream.Subscribe<BeatSkipped>(skipped => _skipped.Add(skipped.SkippedCount));
        IActorRef trunk = node.System.Spawn(Props.Create(() => new Listener(_told)), "trunk");
        var options = new PulseClockOptions(TimeSpan.FromSeconds(1), new BeatNumber(1, 0), default, TimeSequence.Zero, Unfinished: null, s_term, Nodes: []);
        _clock = node.System.Spawn(Props.Create(() => new PulseClock(options, trunk, static _ => { })), "clock");
        Run(10);
    }

    private IEnumerable<uint> Opened => _told.OfType<OpenBeat>().Select(static beat => beat.Beat.Counter);

    [Fact]
    public void Beat_EndsWithinTheCycle_NextOneOpensAtTheTick()
    {
        End(1);
        Run(900);
        Assert.Equal([1u], Opened);
        Run(100);
        Assert.Equal([1u, 2u], Opened);
        Assert.Empty(_skipped);
    }

    [Fact]
    public void Beat_TakesLongerThanTheCycle_NextOneOpensAsSoonAsItEnds()
    {
        Run(1_100);
        Assert.Equal([1u], Opened);
        End(1);
        Assert.Equal([1u, 2u], Opened);
        Assert.Equal([1L], _skipped);
    }

    [Fact]
    public void Beat_OpenedLate_EndsInTime_NextOneWaitsForTheTick()
    {
        Run(1_100);
        End(1);
        End(2);
        Assert.Equal([1u, 2u], Opened);
        Run(900);
        Assert.Equal([1u, 2u, 3u], Opened);
    }

    [Fact]
    public void Beat_TakesLongerThanTheCycle_PausedMeanwhile_NoneOpensAfterIt()
    {
        Run(1_100);
        _clock.Tell(PauseClock.Instance);
        End(1);
        Run(5_000);
        Assert.Equal([1u], Opened);
    }

    public void Dispose() => _cluster.Dispose();

    private void End(uint beat)
    {
        _clock.Tell(new BeatEnded(new BeatNumber(1, beat), default, TimeSequence.Zero, Changed: false, Summary: null));
        Run(10);
    }

    private void Run(int milliseconds) => _cluster.RunFor(TimeSpan.FromMilliseconds(milliseconds));

    private sealed class Listener(List<object> told) : Actor
    {
        protected override void Receive(object message) => told.Add(message);
    }
}
