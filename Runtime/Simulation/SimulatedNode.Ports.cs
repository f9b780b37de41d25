using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>The node's clock, timers, and the steps its disk takes.</summary>
public sealed partial class SimulatedNode
{
    private readonly Dictionary<(DiskOperation, string), string> _diskStepNames = [];
    private StepVerdict _diskVerdict;

    private void BeforeDisk(DiskOperation operation, string file)
    {
        // A node that is down takes no steps: it is a test that looks at its disk.
        _diskVerdict = IsUp ? Cluster.Announce(this, StepKind.Disk, DiskStepName(operation, file), null, 0) : StepVerdict.Continue;
    }

    private void AfterDisk(DiskOperation operation, string file) => Cluster.Conclude(this, DiskStepName(operation, file), _diskVerdict);

    private void NoteDiskFault(string fault, DiskOperation operation, string file) => Cluster.Faults.Note(fault, DiskStepName(operation, file));

    /// <summary>Operation and kind of file: a name up to its first dash, and its ending, so that all segments make one row.</summary>
    private string DiskStepName(DiskOperation operation, string file)
    {
        if (!_diskStepNames.TryGetValue((operation, file), out string? name))
        {
            int dash = file.IndexOf('-', StringComparison.Ordinal);
            string kind = dash < 0 ? file : file[..dash] + Path.GetExtension(file);
            name = kind.Length == 0 ? $"disk {operation}" : $"disk {operation} {kind}";
            _diskStepNames.Add((operation, file), name);
        }

        return name;
    }

    private sealed class NodeClock(SimulatedNode node) : IClock
    {
        private long _monotonicOffset;

        public long OffsetTicks { get; set; }

        public long UtcNowMs => node.Cluster.Options.Start.ToUnixTimeMilliseconds() + ((node.Cluster.NowTicks + OffsetTicks) / TimeSpan.TicksPerMillisecond);

        public long MonotonicTicks => node.Cluster.NowTicks + _monotonicOffset;

        public void Restart(long monotonicStart) => _monotonicOffset = monotonicStart - node.Cluster.NowTicks;

        public long ToSimulation(long monotonicTicks) => monotonicTicks - _monotonicOffset;
    }

    /// <summary>The timers of one incarnation.</summary>
    private sealed class NodeScheduler(SimulatedNode node) : IScheduler
    {
        private readonly ScheduledHeap _heap = node.Timeline;

        public void Schedule(Scheduled entry, long dueTicks)
        {
            _heap.Remove(entry);
            entry.DueTicks = Math.Max(node._clock.ToSimulation(dueTicks), node.Cluster.NowTicks);
            entry.Order = node.Cluster.NextOrder();
            _heap.Add(entry);
        }

        public void Cancel(Scheduled entry) => _heap.Remove(entry);
    }
}
