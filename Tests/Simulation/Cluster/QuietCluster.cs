using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>A simulated cluster to which nothing happens but what a test wants.</summary>
internal sealed class QuietCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public QuietCluster(int nodeCount, ulong seed = 1, ClusterMutant? mutant = null, int? pulsesPerSnapshot = null, PlanMoves? plan = null, ulong pulsesRetained = 1_000, TimeSpan? expiryAhead = null)
    {
        Scenario scenario = ClusterScenario.Of(seed).Ledger with { Cycle = TimeSpan.FromMilliseconds(200), PartyCount = Parties.Count, WindowFramesMax = 1_000, PulsesRetained = pulsesRetained };
        scenario = scenario with
        {
            Seed = seed,
            PulsesPerSnapshot = pulsesPerSnapshot ?? scenario.PulsesPerSnapshot,
            Parameters = expiryAhead is { } ahead ? scenario.Parameters with { ExpiryAheadMs = (ulong)ahead.TotalMilliseconds } : scenario.Parameters,
        };
        Simulated = new SimulatedLedgerCluster(scenario, nodeCount, mutant: mutant)
        {
            Plan = plan ?? PlainPlanner.Plan,
            OnStopped = static node => node.Crash(CrashKind.ProcessKill, TimeSpan.FromMilliseconds(500)),
        };
        Maker = new TransferMaker(scenario, Simulated.Cluster.Chance.Fork(), Witness.Ledger) { IsOrderly = true };
        foreach (SimulatedNode node in Nodes)
        {
            node.Boot();
        }

        Until(() => Simulated.AllRun, "all nodes run");
    }

    public SimulatedLedgerCluster Simulated { get; }

    public IReadOnlyList<SimulatedNode> Nodes => Simulated.Nodes;

    public Witness Witness => Simulated.Witness;

    public TransferMaker Maker { get; }

    /// <summary>An expiry far enough ahead.</summary>
    public Timestamp Later => new(Witness.AnnouncedAt.UnixMs + Math.Min(600_000, Simulated.Scenario.Parameters.ExpiryAheadMs / 2));

    /// <summary>Sends frames as one batch through a node's door.</summary>
    public SentTransfer[] Send(SimulatedNode node, params byte[][] frames)
    {
        SentTransfer[] sent = [.. frames.Select(static frame => new SentTransfer(frame))];
        Simulated.Traffic.Gateway = Simulated.GatewayOf(node);
        Simulated.Traffic.Send(sent, spoiled: false);
        return sent;
    }

    /// <summary>Sends frames through a node's door, again as long as it does not take them; each must be committed.</summary>
    public SentTransfer[] Commit(SimulatedNode node, params byte[][] frames)
    {
        SentTransfer[] sent = Send(node, frames);
        while (sent.Any(static transfer => transfer.Answer is null))
        {
            Until(() => Simulated.Traffic.Underway == 0, "everybody is answered");
            SentTransfer[] open = [.. sent.Where(static transfer => transfer.Answer is null)];
            if (open.Length != 0)
            {
                RunFor(Simulated.Scenario.Cycle);
                Simulated.Traffic.Send(open, spoiled: false);
            }
        }

        Assert.All(sent, static transfer => Assert.Equal(Outcome.Committed, transfer.Answer!.Value.Outcome));
        return sent;
    }

    /// <summary>Groups and blocks that the database refused, since their writer had been overtaken.</summary>
    public long FencedWrites => Simulated.Cluster.Faults.Counts.Where(static count => count.Key.Fault == "write fenced").Sum(static count => count.Value);

    public void Until(Func<bool> condition, string what)
    {
        try
        {
            Simulated.Until(condition, Patience, Rule.Progress, what);
        }
        catch (ViolationException breach)
        {
            throw new ViolationException(breach.Rule, Simulated.Report($"{breach.Message}; {Simulated.Traffic.Underway} batches underway"));
        }
    }

    public void RunFor(TimeSpan time)
    {
        Simulated.Cluster.RunFor(time);
        Simulated.ThrowIfBroken();
    }

    public void Dispose() => Simulated.Dispose();
}
