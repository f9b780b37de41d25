using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// One seed over several nodes: first traffic through any of them under faults until enough pulses are committed; then the faults stop, everybody is answered,
/// a fresh transfer commits through every node, and all that was committed is asked for again, also after a last node was lost.
/// </summary>
internal sealed class ClusterRun : IDisposable
{
    private const int RoundsMax = 30;
    private const int ProbeBeatsMax = 6;
    private const int ReceiptsAsked = 3;

    private static readonly TimeSpan TroubledMax = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan OperatorRound = TimeSpan.FromMilliseconds(700);

    private readonly Scenario _scenario;
    private readonly SimulatedLedgerCluster _ledger;
    private readonly ClusterFaults _faults;
    private readonly SimulatedChance _chance;
    private bool _isPeaceful;

    public ClusterRun(ClusterScenario scenario, int traceLength = 128, ClusterMutant? mutant = null)
    {
        _scenario = scenario.Ledger;
        _ledger = new SimulatedLedgerCluster(_scenario, scenario.NodeCount, traceLength, mutant, scenario.Parts);
        _chance = Cluster.Chance.Fork();
        _faults = new ClusterFaults(_ledger, Cluster.Chance.Fork(), _scenario.PulsesWanted, scenario.PartMissed);
        _ledger.AfterEachStep = AfterStep;
        _ledger.OnStopped = node => Restart(node);
        Cluster.AddObserver(_faults);
    }

    private SimulatedCluster Cluster => _ledger.Cluster;

    private Witness Witness => _ledger.Witness;

    /// <summary>Runs a seed, whatever becomes of it.</summary>
    public static RunResult Run(ulong seed, int traceLength = 128, ClusterMutant? mutant = null) => Run(ClusterScenario.Of(seed), traceLength, mutant);

    /// <summary>Runs a scenario, whatever becomes of it.</summary>
    public static RunResult Run(ClusterScenario scenario, int traceLength = 128, ClusterMutant? mutant = null)
    {
        using var run = new ClusterRun(scenario, traceLength, mutant);
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
            Witness.Require(Witness.Pulses >= 20 && _faults.Met >= ClusterFaults.CountMin, Rule.RunIsHardEnough, $"{Witness.Pulses} pulses under {_faults.Met} faults");
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
        foreach (SimulatedNode node in _ledger.Nodes)
        {
            node.Boot(TimeSpan.FromMilliseconds(_chance.Between(0, 500)));
        }

        Act();
        Operate();
        _ledger.Until(() => Witness.Pulses >= _scenario.PulsesWanted && _faults.IsOver, TroubledMax, Rule.Progress, $"{_scenario.PulsesWanted} pulses were committed");
    }

    private void RunInPeace()
    {
        _isPeaceful = true;
        _faults.Heal();
        Settle();
        CommitProbes();
        ReadBack();
        Witness.Disturbances++;
        _ledger.Nodes[(int)_chance.Next((ulong)_ledger.Nodes.Count)].Crash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(_chance.Between(1, 5_000)));
        Settle();
        ReadBack();
        CommitProbes();
    }

    /// <summary>The ledger tells again what was committed, at any node.</summary>
    private void ReadBack()
    {
        Traffic traffic = _ledger.Traffic;
        Until(() => traffic.Asking == 0 && _ledger.AllRun, "open questions are answered");
        traffic.Gateway = AnyDoor();
        traffic.AskAllAccounts(null, certain: true);
        traffic.AskReceipts(ReceiptsAsked, certain: true);
        traffic.Gateway = AnyDoor();
        traffic.AskAcceptances();
        Until(() => traffic.Asking == 0, "questions are answered");
    }

    /// <summary>Everything that was sent is sent until it has an answer.</summary>
    private void Settle()
    {
        int fewest = int.MaxValue;
        for (int round = 0; round < RoundsMax; round++)
        {
            Until(() => _ledger.AllRun && _ledger.Traffic.Underway == 0, "everybody is answered");
            _ledger.Traffic.Gateway = AnyDoor();
            int unanswered = _ledger.Traffic.SendUnanswered();
            if (unanswered == 0)
            {
                return;
            }

            round = unanswered < fewest ? 0 : round;
            fewest = Math.Min(unanswered, fewest);
            Cluster.RunFor(_scenario.Cycle);
        }

        Witness.Violate(Rule.EverybodyIsAnswered, $"{fewest} transfers have no answer however often they are sent");
    }

    private void CommitProbes()
    {
        foreach (SimulatedNode node in _ledger.Nodes)
        {
            // A node may hear only now that it was given up for what befell it before: then it says nothing more, and its next life is asked.
            for (int incarnation = node.Incarnation - 1; incarnation != node.Incarnation;)
            {
                incarnation = CommitProbe(node);
            }
        }
    }

    /// <summary>Which life of the node was asked.</summary>
    private int CommitProbe(SimulatedNode node)
    {
        // Two beats, as a node may be told the time of the first after a jump of the clock later than the client who signs for it.
        long beats = Witness.BeatsEnded;
        Until(() => _ledger.AllRun && Witness.BeatsEnded > beats + 1, "two beats end");
        beats = Witness.BeatsEnded;
        int incarnation = node.Incarnation;
        _ledger.Traffic.Gateway = _ledger.GatewayOf(node);
        SentTransfer probe = _ledger.Traffic.SendProbe();
        Until(() => probe.Answer is not null || !node.IsUp || node.Incarnation != incarnation, "a fresh transfer is answered");
        if (probe.Answer is null)
        {
            Until(() => node.IsUp && node.Incarnation != incarnation, "the node is started again");
            return incarnation;
        }

        Witness.Require(
            probe.Answer is { Outcome: Outcome.Committed } && Witness.BeatsEnded - beats <= ProbeBeatsMax,
            Rule.Progress,
            $"a fresh transfer is answered {probe.Answer} after {Witness.BeatsEnded - beats} beats");
        return incarnation;
    }

    private void Until(Func<bool> condition, string what) => _ledger.Until(condition, SettlingMax, Rule.EverybodyIsAnswered, what);

    /// <summary>The clients come by again and again, each at any node that is up, as long as there are faults.</summary>
    private void Act()
    {
        if (_isPeaceful)
        {
            return;
        }

        _ledger.Traffic.Gateway = AnyDoor();
        _ledger.Traffic.Act();
        double cycles = 0.2 + (_chance.Next(100) / 100.0);
        Cluster.After(_scenario.Cycle * cycles, Act);
    }

    private LedgerGateway? AnyDoor()
    {
        LedgerGateway[] doors = [.. _ledger.Nodes.Select(_ledger.GatewayOf).OfType<LedgerGateway>()];
        return doors.Length == 0 ? null : doors[(int)_chance.Next((ulong)doors.Length)];
    }

    /// <summary>An operator looks after the nodes: one whose ledger has failed is started again.</summary>
    private void Operate()
    {
        foreach (SimulatedNode node in _ledger.Nodes)
        {
            if (node.IsUp && !node.IsPaused && _ledger.GatewayOf(node) is { Status.State: LedgerState.Failed })
            {
                Restart(node);
            }
        }

        Cluster.After(OperatorRound, Operate);
    }

    private void Restart(SimulatedNode node)
    {
        if (node.IsUp)
        {
            Witness.Disturbances++;
            node.Crash(CrashKind.ProcessKill, TimeSpan.FromMilliseconds(_chance.Between(1, 2_000)));
        }
    }

    private void AfterStep()
    {
        _faults.Start(Witness.Pulses);
        TimeSpan still = TimeSpan.FromTicks(Cluster.NowTicks - Math.Max(Witness.LastBeatTicks, _faults.LastTroubleTicks));
        if (still > StallMax + (5 * _scenario.Cycle))
        {
            Witness.Violate(Rule.Progress, $"no beat for {still}; {_ledger.DescribeNodes()}");
        }
    }
}
