using System.Runtime.InteropServices;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>Clusters to which nothing happens but what a test wants.</summary>
public sealed class QuietClusterTests
{
    [Fact]
    public void Cluster_OfThree_TransfersThroughAnyNodeAreCommitted()
    {
        using var cluster = new QuietCluster(3);
        foreach (SimulatedNode node in cluster.Nodes)
        {
            cluster.Commit(node, [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
        }

        Assert.True(cluster.Witness.Pulses >= 3);
    }

    [Fact]
    public void BranchesMove_NothingElseHappens_NoWriteIsRefusedAndNoTransferFails()
    {
        using var cluster = new QuietCluster(4);
        ulong before = cluster.Simulated.Database.Layout.Version;
        while (cluster.Simulated.Cluster.Now < TimeSpan.FromSeconds(20))
        {
            SimulatedNode node = cluster.Nodes[(int)(cluster.Simulated.Cluster.Steps % 4)];
            cluster.Commit(node, [.. Enumerable.Range(0, 4).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
        }

        Assert.True(cluster.Simulated.Database.Layout.Version > before + 5);
        Assert.Equal(0, cluster.FencedWrites);
    }

    [Fact]
    public void BranchesMoveWithoutAPause_NothingElseHappens_WritesAreRefused()
    {
        // The root says at once that no beat is open, every owner that nothing is under way, and all go on.
        var unpaused = new ClusterMutant
        {
            Change = static message =>
            {
                switch (message.Message)
                {
                    case PausePulse pause:
                        message.Sender.Tell(new PulsePaused(pause.Layout));
                        return null;
                    case ReleaseStreams release:
                        message.Sender.Tell(new StreamsReleased(release.Layout, ClusterMembers.IdOf(message.Node)));
                        return null;
                    default:
                        return message.Message;
                }
            },
        };
        long fenced = 0;
        for (ulong seed = 1; seed <= 10 && fenced == 0; seed++)
        {
            using var cluster = new QuietCluster(4, seed, unpaused);
            foreach (SimulatedNode node in cluster.Nodes)
            {
                // Most of the time something is under way.
                node.Disk.SlowFactor = 20;
            }

            while (cluster.FencedWrites == 0 && cluster.Simulated.Cluster.Now < TimeSpan.FromSeconds(15))
            {
                cluster.Send(cluster.Nodes[0], [.. Enumerable.Range(0, 16).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
                cluster.RunFor(TimeSpan.FromMilliseconds(50));
            }

            fenced += cluster.FencedWrites;
        }

        Assert.NotEqual(0, fenced);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BranchesMove_LongAfterTheirLastSnapshot_NextOwnersReadFewBlocksOnlyIfTheyWerePrepared(bool arePrepared)
    {
        var read = new Dictionary<(string Node, string Branch), int>();
        int longest = 0;
        var mutant = new ClusterMutant
        {
            Change = message =>
            {
                switch (message.Message)
                {
                    case ReplayedBlock when message.Receiver.Path.Parent?.Name == "branches":
                        longest = Math.Max(longest, ++CollectionsMarshal.GetValueRefOrAddDefault(read, (message.Node.Name, message.Receiver.Path.Name), out _));
                        break;
                    case ReplayCompleted when message.Receiver.Path.Parent?.Name == "branches":
                        read.Remove((message.Node.Name, message.Receiver.Path.Name));
                        break;
                    case PrepareStreams when !arePrepared:
                        return null;
                    default:
                        break;
                }

                return message.Message;
            },
        };
        using var cluster = new QuietCluster(4, mutant: mutant, pulsesPerSnapshot: 10_000, plan: RestlessPlanner.Plan);
        PayUntil(cluster, TimeSpan.FromSeconds(40));

        // A branch is stored when it has more than four blocks, and two beats of two blocks each may come before it moves.
        Assert.True(cluster.Simulated.Database.Layout.Version > 10);
        Assert.True(arePrepared == longest <= 8, $"{longest} blocks");
    }

    [Fact]
    public void BranchesMove_AndOldPulsesAreNotRetained_RepeatsGetTheSameAnswer()
    {
        using var cluster = new QuietCluster(4, pulsesPerSnapshot: 2, plan: RestlessPlanner.Plan, pulsesRetained: 2);
        List<SentTransfer[]> all = PayUntil(cluster, TimeSpan.FromSeconds(20));
        Assert.All(all, first =>
        {
            SentTransfer[] again = cluster.Commit(cluster.Nodes[1], [.. first.Select(static transfer => transfer.Frame)]);
            Assert.Equal(first.Select(static transfer => transfer.Answer), again.Select(static transfer => transfer.Answer));
        });
    }

    [Fact]
    public void Compaction_OfWindowsThatNoRepeatCanBeOf_GoesOn()
    {
        using var cluster = new QuietCluster(3, pulsesPerSnapshot: 2, pulsesRetained: 2, expiryAhead: TimeSpan.FromSeconds(10));
        PayUntil(cluster, TimeSpan.FromSeconds(50));
        Assert.InRange(OldestKept(cluster), 1UL, 10UL);
        PayUntil(cluster, TimeSpan.FromSeconds(150));
        ulong oldest = OldestKept(cluster);

        // Some 70 s of pulses are kept, of which a commit takes at least one.
        Assert.InRange(oldest, 20UL, (ulong)cluster.Witness.Pulses - 20);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NodeDies_WithOrWithoutTheRoot_PulsesGoOnWhenItIsGivenUp(bool withRoot)
    {
        using var cluster = new QuietCluster(3);
        SimulatedNode dead = cluster.Nodes.First(node => cluster.Simulated.IsRoot(node) == withRoot);
        SimulatedNode living = cluster.Nodes.First(node => node != dead);
        cluster.Commit(living, [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
        dead.Crash();
        TimeSpan died = cluster.Simulated.Cluster.Now;

        cluster.Commit(living, [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Pay(party, 7 - party, 10, cluster.Later))]);
        Assert.True(cluster.Simulated.Cluster.Now - died < TimeSpan.FromSeconds(5), $"it took {cluster.Simulated.Cluster.Now - died}");
    }

    [Fact]
    public void CoordinatorDiesInAHandOver_TheRootIsPaused_PulsesGoOn()
    {
        using var cluster = new QuietCluster(3);
        cluster.RunFor(TimeSpan.FromSeconds(20));
        long beats = cluster.Witness.BeatsEnded;

        // Somebody pauses the pulses and is never heard of again.
        cluster.Simulated.PauseRoot();
        cluster.RunFor(TimeSpan.FromSeconds(1));
        long paused = cluster.Witness.BeatsEnded;
        cluster.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(paused, cluster.Witness.BeatsEnded);
        cluster.Until(() => cluster.Witness.BeatsEnded > paused + 3, "beats go on");
        Assert.InRange(paused, beats, beats + 2);
    }

    [Fact]
    public void AllNodesDie_WhenOneLacksItsCreditsAndOthersHaveSnapshots_TheLedgerComesBack()
    {
        // Who kept the windows of that beat recovers from a snapshot that has them behind it.
        using var cluster = new QuietCluster(3, pulsesPerSnapshot: 1);
        cluster.RunFor(TimeSpan.FromSeconds(20));
        cluster.Commit(cluster.Nodes[0], [.. Enumerable.Range(0, 32).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
        SimulatedNode lacking = cluster.Nodes.First(node => !cluster.Simulated.IsRoot(node));
        int pulses = cluster.Witness.Pulses;
        cluster.Simulated.CutOffWhenSealed(lacking);
        cluster.Send(cluster.Nodes[0], [.. Enumerable.Range(0, 32).Select(party => cluster.Maker.Pay(party, 31 - party, 10, cluster.Later))]);
        cluster.Until(() => cluster.Simulated.Database.CutOff.Count != 0 && cluster.Witness.Pulses > pulses, "the pulse is committed");
        cluster.RunFor(TimeSpan.FromMilliseconds(500));
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Crash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(100));
        }

        cluster.Simulated.Database.CutOff.Clear();
        cluster.RunFor(TimeSpan.FromMilliseconds(200));
        cluster.Until(() => cluster.Simulated.AllRun, "all nodes run");
        cluster.Commit(cluster.Nodes[1], [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Pay(party, 7 - party, 10, cluster.Later))]);
    }

    [Fact]
    public void AllNodesDie_AtOnce_TheLedgerComesBack()
    {
        using var cluster = new QuietCluster(3);
        cluster.Commit(cluster.Nodes[0], [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Crash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(100));
        }

        cluster.RunFor(TimeSpan.FromMilliseconds(200));
        cluster.Until(() => cluster.Simulated.AllRun, "all nodes run");
        SentTransfer[] sent = cluster.Commit(cluster.Nodes[2], [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Pay(party, 7 - party, 10, cluster.Later))]);
        Assert.All(sent, static transfer => Assert.Equal(Outcome.Committed, transfer.Answer!.Value.Outcome));
    }

    private static List<SentTransfer[]> PayUntil(QuietCluster cluster, TimeSpan end)
    {
        List<SentTransfer[]> sent = [cluster.Commit(cluster.Nodes[0], [.. Enumerable.Range(0, Parties.Count).Select(party => cluster.Maker.Issue(party, 1_000_000, cluster.Later))])];
        while (cluster.Simulated.Cluster.Now < end)
        {
            sent.Add(cluster.Commit(cluster.Nodes[0], [.. Enumerable.Range(0, Parties.Count).Select(party => cluster.Maker.Pay(party, Parties.Count - 1 - party, 1, cluster.Later))]));
        }

        return sent;
    }

    /// <summary>Time sequence of the oldest snapshot that compaction has left.</summary>
    private static ulong OldestKept(QuietCluster cluster)
    {
        using IJournalStore journal = cluster.Simulated.Database.OpenJournal("reader", cluster.Nodes[0].Buffers);
        return journal.Usage.OldestTimeSequence;
    }
}
