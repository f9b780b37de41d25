using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Faults;

namespace LeitherCluster.Tests.Simulation;

/// <summary>
/// One seed: a node with a whole ledger on a faulty disk, clients, faults, and a witness. First traffic under faults until enough pulses are
/// committed; then the faults stop, everybody is answered, a fresh transfer commits, and all that was committed is asked for again, also after
/// a last loss of power.
/// </summary>
internal sealed partial class LedgerRun : IDisposable
{
    private static readonly TimeSpan TroubledMax = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(15);

    private readonly Scenario _scenario;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedNode _node;
    private readonly Witness _witness;
    private readonly Traffic _traffic;
    private readonly FaultInjector _faults;
    private readonly SimulatedChance _chance;

    public LedgerRun(ulong seed)
    {
        _scenario = Scenario.Of(seed);
        _cluster = new SimulatedCluster(seed);
        _chance = _cluster.Chance.Fork();
        _witness = new Witness(_scenario, () => _cluster.NowTicks);
        _node = _cluster.AddNode("node", Boot, new SimulatedNodeOptions { JournalBufferBytesMax = 32 << 20, LogLevel = Runtime.ActorLogLevel.Error });
        _traffic = new Traffic(_scenario, _cluster.Chance.Fork(), _witness, CommittedTime, () => _cluster.NowTicks);
        _faults = new FaultInjector(_cluster, _node, _cluster.Chance.Fork(), _scenario.PulsesWanted) { OnDisturbance = () => _witness.Disturbances++ };
        _cluster.AddObserver(_faults);
        _cluster.AfterStep = AfterStep;
    }

    /// <summary>Runs a seed, whatever becomes of it.</summary>
    public static RunResult Run(ulong seed)
    {
        using var run = new LedgerRun(seed);
        return run.Run();
    }

    public void Dispose() => _cluster.Dispose();

    public RunResult Run()
    {
        Rule? broken = null;
        string report = "";
        try
        {
            RunUnderFaults();
            RunInPeace();
            _witness.Require(_witness.Pulses >= 20 && _faults.Met >= FaultInjector.CountMin, Rule.RunIsHardEnough, $"{_witness.Pulses} pulses under {_faults.Met} faults");
            ThrowIfBroken();
        }
        catch (ViolationException breach)
        {
            broken = breach.Rule;
            report = $"{breach.Message}\n{_scenario}\n{_cluster.Report()}";
        }

        return new RunResult(
            _scenario.Seed, broken, report, _witness.Pulses, _faults.Met, _witness.Committed.Count, _cluster.Steps, _cluster.TraceHash, _cluster.Faults);
    }

    private void RunUnderFaults()
    {
        _faults.Start(0);
        _node.Boot();
        Act();
        Operate();
        RunEnd end = _cluster.RunUntil(() => _witness.Pulses >= _scenario.PulsesWanted && _faults.IsOver, TroubledMax);
        _witness.Require(end == RunEnd.ConditionMet, Rule.Progress, $"{end}: {_witness.Pulses} pulses of {_scenario.PulsesWanted}, up {_node.IsUp}");
        ThrowIfBroken();
    }

    /// <summary>The clients come by again and again, as long as there are faults.</summary>
    private void Act()
    {
        if (_isPeaceful)
        {
            return;
        }

        _traffic.Act();
        double cycles = 0.2 + (_chance.Next(100) / 100.0);
        _cluster.After(_scenario.Cycle * cycles, Act);
    }

    private void AfterStep()
    {
        _traffic.Poll();
        _faults.Start(_witness.Pulses);
        CheckProgress();
        ThrowIfBroken();
    }

    private void CheckProgress()
    {
        long since = Math.Max(Math.Max(_witness.LastBeatTicks, _faults.LastTroubleTicks), _upSinceTicks);
        TimeSpan still = TimeSpan.FromTicks(_cluster.NowTicks - since);
        if (still > StallMax + (5 * _scenario.Cycle) && _node.IsUp)
        {
            _witness.Violate(Rule.Progress, $"no beat for {still}; the ledger says {_ledger?.Gateway.Status}");
        }
    }

    private Timestamp CommittedTime() => _witness.AnnouncedAt.UnixMs != 0 ? _witness.AnnouncedAt : new Timestamp((ulong)_node.Clock.UtcNowMs);

    private void ThrowIfBroken()
    {
        if (_witness.Violation is { } violation)
        {
            throw violation;
        }
    }
}
