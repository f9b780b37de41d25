using LeitherCluster.Actors.Gateway;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Faults;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation;

/// <summary>
/// One seed: first traffic under faults until enough pulses are committed; then the faults stop, everybody is answered, a fresh transfer commits,
/// and all that was committed is asked for again, also after a last loss of power.
/// </summary>
internal sealed partial class LedgerRun : IDisposable
{
    private static readonly TimeSpan TroubledMax = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OperatorRound = TimeSpan.FromMilliseconds(700);

    private readonly Scenario _scenario;
    private readonly SimulatedLedger _ledger;
    private readonly FaultInjector _faults;
    private readonly SimulatedChance _chance;
    private bool _isPeaceful;

    public LedgerRun(ulong seed, int traceLength = 128, Mutant? mutant = null)
    {
        _scenario = Scenario.Of(seed);
        _ledger = new SimulatedLedger(_scenario, traceLength, mutant);
        _chance = Cluster.Chance.Fork();
        _faults = new FaultInjector(Cluster, Node, Cluster.Chance.Fork(), _scenario.PulsesWanted) { OnDisturbance = () => Witness.Disturbances++ };
        _ledger.IsExpected = failure => failure is InjectedFailureException || (_faults.DiskHasFailed && failure is JournalFailedException or IOException);
        _ledger.IsExpectedAtBoot = failure => _faults.DiskHasFailed || failure is DiskFullException;
        _ledger.AfterEachStep = AfterStep;
        Cluster.AddObserver(_faults);
    }

    private SimulatedCluster Cluster => _ledger.Cluster;

    private SimulatedNode Node => _ledger.Node;

    private Witness Witness => _ledger.Witness;

    /// <summary>Runs a seed, whatever becomes of it.</summary>
    public static RunResult Run(ulong seed, int traceLength = 128, Mutant? mutant = null)
    {
        using var run = new LedgerRun(seed, traceLength, mutant);
        return run.Run();
    }

    public void Dispose() => _ledger.Dispose();

    public RunResult Run()
    {
        Rule? broken = null;
        string report = "";
        try
        {
            RunUnderFaults();
            RunInPeace();
            Witness.Require(Witness.Pulses >= 20 && _faults.Met >= FaultInjector.CountMin, Rule.RunIsHardEnough, $"{Witness.Pulses} pulses under {_faults.Met} faults");
            _ledger.ThrowIfBroken();
        }
        catch (ViolationException breach)
        {
            broken = breach.Rule;
            report = _ledger.Report(breach.Message);
        }

        return new RunResult(
            _scenario.Seed, broken, report, Witness.Pulses, _faults.Met, Witness.Committed.Count, Cluster.Steps, Cluster.TraceHash, Cluster.Faults);
    }

    private void RunUnderFaults()
    {
        _faults.Start(0);
        Node.Boot();
        Act();
        Operate();
        _ledger.Until(() => Witness.Pulses >= _scenario.PulsesWanted && _faults.IsOver, TroubledMax, Rule.Progress, $"{_scenario.PulsesWanted} pulses were committed");
    }

    /// <summary>The clients come by again and again, as long as there are faults.</summary>
    private void Act()
    {
        if (_isPeaceful)
        {
            return;
        }

        _ledger.Traffic.Act();
        double cycles = 0.2 + (_chance.Next(100) / 100.0);
        Cluster.After(_scenario.Cycle * cycles, Act);
    }

    /// <summary>An operator looks after the node: one that has no ledger, or one that has failed, is started again.</summary>
    private void Operate()
    {
        if (Node.IsUp && !Node.IsPaused && _ledger.Status?.State is null or LedgerState.Failed)
        {
            Witness.Disturbances++;
            Node.Crash(_chance.Hits(0.5) ? CrashKind.PowerLoss : CrashKind.ProcessKill, TimeSpan.FromMilliseconds(_chance.Between(1, 500)));
        }

        Cluster.After(OperatorRound, Operate);
    }

    private void AfterStep()
    {
        _faults.Start(Witness.Pulses);
        long since = Math.Max(Math.Max(Witness.LastBeatTicks, _faults.LastTroubleTicks), _ledger.UpSinceTicks);
        TimeSpan still = TimeSpan.FromTicks(Cluster.NowTicks - since);
        if (still > StallMax + (5 * _scenario.Cycle) && Node.IsUp)
        {
            Witness.Violate(Rule.Progress, $"no beat for {still}; the ledger says {_ledger.Status}");
        }
    }
}
