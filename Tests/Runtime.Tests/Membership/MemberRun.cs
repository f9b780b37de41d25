using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>What became of a seed.</summary>
internal sealed record MemberResult(ulong Seed, MemberRule? Broken, string Report, int Faults, long Changes, long Downs, long Steps, ulong TraceHash, FaultTable Table);

/// <summary>One seed: three to seven nodes under faults; then peace, in which all come to agree; then one dies, and is noticed.</summary>
internal static class MemberRun
{
    /// <summary>After the last fault all nodes are at work and agree within this, and what operators ask for before takes besides; with the fast profile within half of it.</summary>
    public static readonly TimeSpan AgreesWithin = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LaidOutWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OperatorsMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(12);

    public static MemberResult Run(ulong seed, MemberMutant? mutant = null)
    {
        bool isFast = seed % 3 == 0;
        int nodes = 3 + (int)(seed % 5);
        using var cluster = new MemberCluster(seed, nodes, isFast ? MembershipTiming.Fast : MembershipTiming.Default, mutant);
        var witness = new MemberWitness(cluster);
        cluster.OnQuestion = witness.OnQuestion;
        var faults = new MemberFaults(cluster, witness);
        MemberRule? broken = null;
        string report = "";
        try
        {
            Go(cluster, witness, faults, isFast);
        }
        catch (MemberRuleBrokenException breach)
        {
            broken = breach.Rule;
            report = $"{breach.Message}\n{witness.History}\n{cluster.Describe()}";
        }
        catch (IllegalMembershipChangeException illegal)
        {
            broken = MemberRule.NothingFails;
            report = $"{illegal.Message}\n{witness.History}\n{cluster.Describe()}";
        }

        return new MemberResult(seed, broken, report, faults.Count, witness.Changes, witness.Downs, cluster.Cluster.Steps, cluster.Cluster.TraceHash, cluster.Cluster.Faults);
    }

    private static void Go(MemberCluster cluster, MemberWitness witness, MemberFaults faults, bool isFast)
    {
        SimulatedCluster simulation = cluster.Cluster;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Boot(TimeSpan.FromMilliseconds(simulation.Chance.Between(0, 3_000)));
        }

        faults.Begin();
        simulation.RunFor(TimeSpan.FromMilliseconds(simulation.Chance.Between(20_000, 60_000)));
        MemberWitness.Require(faults.Count >= 5, MemberRule.RunIsHardEnough, $"{faults.Count} faults");

        faults.Heal();
        simulation.RunUntil(() => cluster.Nodes.All(static node => !node.IsPaused));

        // What operators asked for before is done or given up.
        simulation.RunFor(OperatorsMax);
        MemberWitness.Require(
            simulation.RunUntil(cluster.AllAgree, isFast ? AgreesWithin / 2 : AgreesWithin) == RunEnd.ConditionMet,
            MemberRule.AgreesAfterHealing,
            "not all nodes are at work, or they do not agree");
        MemberWitness.Require(
            simulation.RunUntil(cluster.IsLaidOut, LaidOutWithin) == RunEnd.ConditionMet,
            MemberRule.StreamsComeHome,
            $"layout {cluster.Database.Layout.Version}: {string.Join(", ", cluster.Database.Layout.Owners.Values.GroupBy(static owner => owner.Node).Select(static owned => $"{owned.Key} {owned.Count()}"))}");
        Calm(cluster, witness);
        FindDead(cluster, witness, isFast);
        foreach (MemberNode node in cluster.Nodes.Select(node => cluster[node]))
        {
            MemberWitness.Require(!node.Said.OfType<SelfOvertaken>().Any(static end => end.Reason == OvertakenReason.Failed), MemberRule.NothingFails, $"the actor of {node.Node.Name} failed");
        }
    }

    /// <summary>Nothing changes, but that who is gone is removed.</summary>
    private static void Calm(MemberCluster cluster, MemberWitness witness)
    {
        Func<MembershipView, string> living = static view => string.Join(' ', view.Table.Members.Where(static m => m.State < MemberState.Down).Select(static m => $"{m.Id} {m.State}"));
        string before = living(cluster.Store.View);
        cluster.Cluster.RunFor(Quiet);
        MemberWitness.Require(cluster.AllAgree() && living(cluster.Store.View) == before, MemberRule.StaysInPeace, $"it was {before}");
        MemberWitness.Require(
            cluster.Store.View.Table.Members.All(static member => member.State is MemberState.Up or MemberState.Removed),
            MemberRule.StaysInPeace,
            "somebody who is down was not removed");
    }

    private static void FindDead(MemberCluster cluster, MemberWitness witness, bool isFast)
    {
        SimulatedNode dead = cluster.Nodes[(int)cluster.Cluster.Chance.Next((ulong)cluster.Nodes.Count)];
        NodeId id = cluster[dead].Self!.Value;
        dead.Crash();
        MemberWitness.Require(
            cluster.Cluster.RunUntil(() => cluster.Store.View.Table.Find(id)!.State >= MemberState.Down, TimeSpan.FromSeconds(isFast ? 1 : 3)) == RunEnd.ConditionMet,
            MemberRule.DeadIsNoticed,
            $"{id} is dead and not down");
        MemberWitness.Require(cluster.Cluster.RunUntil(cluster.IsLaidOut, LaidOutWithin) == RunEnd.ConditionMet, MemberRule.StreamsComeHome, $"{id} is down and owns streams");
    }
}
