using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation;

/// <content>The node: how it boots, and the operator who restarts it when it has stopped with evidence.</content>
internal sealed partial class LedgerRun
{
    private static readonly TimeSpan OperatorRound = TimeSpan.FromMilliseconds(700);

    private readonly MemoryIndex _index = new();
    private LedgerSystem? _ledger;
    private long _upSinceTicks;

    private void Boot(SimulatedNode node)
    {
        _upSinceTicks = _cluster.NowTicks;
        _faults.OnBoot();
        node.OnDown(OnDown);
        try
        {
            FileJournal journal = FileJournal.Open(node.Disk, node.Chance, node.Buffers, _scenario.Journal);
            WithoutFaults(() => _witness.OnOpened(journal));
            var spy = new JournalSpy(journal, _witness);
            if (spy.AcquireEpoch(StreamId.WholeJournal, out uint epoch) == JournalOutcome.Ok)
            {
                node.AttachJournal(spy);
                StartLedger(node, epoch);
            }
        }
        catch (JournalCorruptException corrupt)
        {
            _witness.Violate(Rule.OpensAgain, corrupt.Message);
        }
        catch (IOException failure) when (_faults.DiskHasFailed || failure is DiskFullException)
        {
            // The operator comes by, finds no ledger, and tries again.
        }
    }

    private void StartLedger(SimulatedNode node, uint epoch)
    {
        var options = new LedgerOptions
        {
            Parameters = _scenario.Parameters,
            Bookkeeper = Parties.OfThread.Bookkeeper,
            Committee = Parties.OfThread.Committee,
            Places = _index,
            Node = node.Name,
            PulseCycle = _scenario.Cycle,
            IngressCount = _scenario.IngressCount,
            PulsesPerSnapshot = _scenario.PulsesPerSnapshot,
            WindowFramesMax = _scenario.WindowFramesMax,
        };
        _ledger = LedgerSystem.Start(node.System, options, epoch);
        node.System.EventStream.Subscribe<PulseSummary>(_witness.OnAnnounced);
        node.System.EventStream.Subscribe<ActorFailed>(OnActorFailed);
        _traffic.Gateway = _ledger.Gateway;
    }

    private void OnDown()
    {
        _ledger?.Dispose();
        _ledger = null;
        _traffic.OnDown();
    }

    private void OnActorFailed(ActorFailed failed)
    {
        bool isOurs = failed.Exception is InjectedFailureException || (_faults.DiskHasFailed && failed.Exception is JournalFailedException or IOException);
        _witness.Require(isOurs, Rule.NothingElseFails, $"{failed.Actor.Path} failed at {failed.Message}: {failed.Exception}");
    }

    /// <summary>An operator who looks after the node: one that has no ledger, or one that has failed, is started again.</summary>
    private void Operate()
    {
        if (_node.IsUp && !_node.IsPaused && _ledger?.Gateway.Status.State is null or LedgerState.Failed)
        {
            _witness.Disturbances++;
            _node.Crash(_chance.Hits(0.5) ? CrashKind.PowerLoss : CrashKind.ProcessKill, TimeSpan.FromMilliseconds(_chance.Between(1, 500)));
        }

        _cluster.After(OperatorRound, Operate);
    }

    /// <summary>What the test itself does with the disk is no step, and meets no fault.</summary>
    private void WithoutFaults(Action action)
    {
        SimulatedDisk disk = _node.Disk;
        (Action<DiskOperation, string>? before, Action<DiskOperation, string>? after, int reads) = (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail);
        (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail) = (null, null, 0);
        try
        {
            action();
        }
        finally
        {
            (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail) = (before, after, reads);
        }
    }
}
