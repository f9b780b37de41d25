using LeitherCluster.Actors.Nodes;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// One seed of rebalances without end: four nodes, four branches moving at a time, clients paying meanwhile. In some of the hand-overs a node dies, at any moment of them. A
/// hand-over begins when the pulses are asked to pause for it, or when the layout changes without a pause; it is over when a beat has ended under that layout or
/// a later one, and the word of it has come to a node.
/// </summary>
internal sealed class HandOverRun : IDisposable
{
    public const int NodeCount = 4;
    public const double CrashShare = 0.1;

    /// <summary>Messages take up to so long, and some are lost; commits up to 3 ms times the disk's factor, reads up to 1 ms.</summary>
    public const int DelayMaxMs = 20;
    public const double LossMax = 0.01;
    public const int DiskFactorMax = 10;

    /// <summary>One that takes longer is described.</summary>
    public static readonly TimeSpan LongestAllowed = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SimulatedLedgerCluster _ledger;
    private readonly SimulatedChance _chance;
    private readonly List<TimeSpan> _times = [];
    private readonly SortedDictionary<ulong, long> _open = [];
    private long? _pausedTicks;
    private int _crashes;
    private bool _isDying;
    private string _tooLong = "";

    public HandOverRun(ulong seed)
    {
        Scenario scenario = ClusterScenario.Of(seed).Ledger with { Cycle = TimeSpan.FromMilliseconds(200), PulsesRetained = 1_000, WindowFramesMax = 1_000 };
        _ledger = new SimulatedLedgerCluster(scenario, NodeCount, traceLength: 4_000)
        {
            Plan = RestlessPlanner.Plan,
            OnStopped = static node => node.Crash(CrashKind.ProcessKill, TimeSpan.FromMilliseconds(500)),
        };
        _ledger.OnTold = OnTold;
        _ledger.OnMoved = OnMoved;
        _chance = _ledger.Cluster.Chance.Fork();
        _ledger.Cluster.Network.Default = new LinkFaults
        {
            DelayMax = TimeSpan.FromMilliseconds(_chance.Between(1, DelayMaxMs)), Loss = LossMax * _chance.Next(100) / 100.0,
        };
        foreach (SimulatedNode node in _ledger.Nodes)
        {
            node.Disk.SlowFactor = (int)_chance.Between(1, DiskFactorMax);
        }
    }

    public static HandOverResult Run(ulong seed, int rebalances)
    {
        using var run = new HandOverRun(seed);
        return run.Run(rebalances);
    }

    public void Dispose() => _ledger.Dispose();

    private HandOverResult Run(int rebalances)
    {
        foreach (SimulatedNode node in _ledger.Nodes)
        {
            node.Boot(TimeSpan.FromMilliseconds(_chance.Between(0, 500)));
        }

        string broken = "";
        try
        {
            Act();
            while (_times.Count < rebalances)
            {
                int reached = _times.Count;
                _ledger.Until(() => _times.Count > reached, Patience, Rule.Progress, "a hand-over ends");
            }
        }
        catch (ViolationException breach)
        {
            broken = _ledger.Report(breach.Message);
        }

        return new HandOverResult(_ledger.Scenario.Seed, _times, _crashes, _ledger.Cluster.Steps, broken.Length != 0 ? broken : _tooLong);
    }

    /// <summary>Clients send, again and again, each at any node that is up.</summary>
    private void Act()
    {
        SimulatedNode[] up = [.. _ledger.Nodes.Where(node => _ledger.GatewayOf(node) is not null)];
        _ledger.Traffic.Gateway = up.Length == 0 ? null : _ledger.GatewayOf(up[_chance.Next((ulong)up.Length)]);
        _ledger.Traffic.Act();
        _ledger.Cluster.After(TimeSpan.FromMilliseconds(_chance.Between(200, 1_000)), Act);
    }

    private void OnTold(object message)
    {
        switch (message)
        {
            case PausePulse when _pausedTicks is null:
                _pausedTicks = _ledger.Cluster.NowTicks;
                MayCrash();
                break;
            case PulseEnded ended:
                Conclude(ended.Term.Layout);
                break;
            default:
                break;
        }
    }

    private void OnMoved(Runtime.Sharding.ShardLayout layout)
    {
        _open[layout.Version] = _pausedTicks ?? _ledger.Cluster.NowTicks;
        _pausedTicks = null;
        MayCrash();
    }

    private void Conclude(ulong layout)
    {
        while (_open.Count != 0 && _open.First() is var (version, begunTicks) && version <= layout)
        {
            _open.Remove(version);
            var time = TimeSpan.FromTicks(_ledger.Cluster.NowTicks - begunTicks);
            _times.Add(time);
            if (time > LongestAllowed && _tooLong.Length == 0)
            {
                _tooLong = _ledger.Report($"hand-over {_times.Count} took {time}");
            }
        }
    }

    /// <summary>One node at a time dies: any of them, at any moment of the hand-over or soon after.</summary>
    private void MayCrash()
    {
        if (!_isDying && _chance.Hits(CrashShare) && _ledger.AllRun)
        {
            _isDying = true;
            SimulatedNode node = _ledger.Nodes[(int)_chance.Next((ulong)_ledger.Nodes.Count)];
            CrashKind kind = _chance.Hits(0.5) ? CrashKind.PowerLoss : CrashKind.ProcessKill;
            TimeSpan down = TimeSpan.FromMilliseconds(_chance.Between(10, 6_000));
            _ledger.Cluster.After(TimeSpan.FromTicks(_chance.Between(1, 150 * TimeSpan.TicksPerMillisecond)), () =>
            {
                _isDying = false;
                _crashes++;
                node.Crash(kind, down);
            });
        }
    }
}

/// <summary>What a run of rebalances came to.</summary>
/// <param name="Times">of every hand-over</param>
/// <param name="Broken">what to read when a rule was broken, or a hand-over took too long; else empty</param>
internal sealed record HandOverResult(ulong Seed, IReadOnlyList<TimeSpan> Times, int Crashes, long Steps, string Broken);
