using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;
using BlockTable = System.Collections.Generic.SortedDictionary<(ulong Beat, byte Kind), LeitherCluster.Runtime.Simulation.CommittedBlock>;
using SnapshotTable = System.Collections.Generic.SortedDictionary<(ulong TimeSequence, ulong Beat), byte[]>;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>A block that is durable in a simulated database.</summary>
public sealed record CommittedBlock(BlockKey Key, uint Epoch, ulong TimeSequence, byte[] Body);

/// <summary>
/// The database that the nodes of a simulation share: their journals, and the layout whose epochs are the fence of what they write. It keeps the
/// promises of <see cref="IJournalStore"/> for many writers at once; what it was told before a cut connection stays.
/// </summary>
/// <remarks>
/// Faults: away for all (<see cref="IsAway"/>) or for one node (<see cref="CutOff"/>); slow, by the nodes' <see cref="SimulatedDisk.SlowFactor"/>; and the
/// connection cut after a commit but before its answer (<see cref="AnswersToLose"/>); and, where journals have several parts, one of them away for a commit
/// (<see cref="MissesPart"/>).
/// </remarks>
public sealed class SimulatedDatabase(SimulatedCluster cluster, SimulatedChance chance)
{
    private readonly Dictionary<string, int> _sessions = [];
    private JournalUsage? _usage;

    /// <summary>While true nobody gets an answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>Names of nodes that do not reach it.</summary>
    public ISet<string> CutOff { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>So many of the next changes are made, and their answers lost.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Its journals have so many parts, and a group is whole only within each: streams go to them by turns of their indexes. 1: groups are whole.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Asked with the writer at each commit to several parts: whether one of them is away for it, and the others take theirs.</summary>
    public Func<string, bool>? MissesPart { get; set; }

    /// <summary>Whether it refuses what is written under an epoch that is over. Only a test that is to show what the fence is for switches that off.</summary>
    public bool IsFenced { get; set; } = true;

    /// <summary>Groups committed.</summary>
    public long Groups { get; private set; }

    /// <summary>The newest layout.</summary>
    public ShardLayout Layout { get; private set; } = ShardLayout.Empty;

    /// <summary>Told of every group as it becomes durable, with its writer.</summary>
    public Action<string, IReadOnlyList<CommittedBlock>>? OnGroup { get; set; }

    /// <summary>Told of every layout as it becomes durable.</summary>
    public Action<ShardLayout>? OnLayout { get; set; }

    internal SortedDictionary<StreamId, BlockTable> Streams { get; } = [];

    internal SortedDictionary<StreamId, SnapshotTable> Snapshots { get; } = [];

    internal GroupMark LastGroup { get; private set; }

    internal ulong TimeSequenceHigh { get; private set; }

    internal SimulatedCluster Cluster => cluster;

    /// <summary>What all writers together hold.</summary>
    internal JournalUsage Usage => _usage ??= CountUsage();

    /// <summary>The journal of one node's present life. A later one under the same name ends it: what it writes is refused.</summary>
    public IJournalStore OpenJournal(string writer, JournalBufferPool buffers)
    {
        int session = _sessions.GetValueOrDefault(writer) + 1;
        _sessions[writer] = session;
        return new SimulatedDatabaseJournal(this, writer, session, buffers);
    }

    /// <summary>The layout as a node reads and changes it.</summary>
    public ILayoutStore OpenLayout(SimulatedNode node) => new SimulatedLayoutStore(this, node, chance.Fork());

    /// <summary>The epoch in force for a stream.</summary>
    public uint EpochOf(StreamId stream) => Layout.Owners.GetValueOrDefault(stream).Epoch;

    /// <summary>Another owner has been named since.</summary>
    internal bool IsOver(CommittedBlock block) => IsFenced && block.Epoch < EpochOf(block.Key.Stream);

    internal bool IsReachedBy(string node) => !IsAway && !CutOff.Contains(node);

    /// <summary>Whether the answer to a change that was just made is lost.</summary>
    internal bool LosesAnswer(string what)
    {
        if (AnswersToLose == 0)
        {
            return false;
        }

        AnswersToLose--;
        cluster.Faults.Note("answer lost", what);
        return true;
    }

    internal JournalOutcome TakeGroup(string writer, int session, GroupMark mark, IReadOnlyList<CommittedBlock> blocks)
    {
        if (_sessions[writer] != session || blocks.Any(IsOver))
        {
            cluster.Faults.Note("write fenced", "commit");
            return JournalOutcome.Fenced;
        }

        if (blocks.Any(block => Find(block.Key) is not null))
        {
            return JournalOutcome.Conflict;
        }

        foreach (CommittedBlock block in blocks)
        {
            if (!Streams.TryGetValue(block.Key.Stream, out BlockTable? stream))
            {
                Streams.Add(block.Key.Stream, stream = []);
            }

            stream.Add((block.Key.Beat, block.Key.Kind), block);
            TimeSequenceHigh = Math.Max(TimeSequenceHigh, block.TimeSequence);
        }

        ForgetUsage();
        LastGroup = mark > LastGroup ? mark : LastGroup;
        Groups++;
        OnGroup?.Invoke(writer, blocks);
        return JournalOutcome.Ok;
    }

    /// <summary>Takes a group part by part, each whole or not at all, and says which blocks are durable then.</summary>
    internal JournalOutcome TakeGroupInParts(string writer, int session, GroupMark mark, IReadOnlyList<CommittedBlock> blocks, ISet<CommittedBlock> durable)
    {
        IGrouping<int, CommittedBlock>[] parts = [.. blocks.GroupBy(block => (int)(block.Key.Stream.Index % (uint)Parts))];
        int missed = parts.Length > 1 && MissesPart?.Invoke(writer) == true ? (int)chance.Next((ulong)parts.Length) : -1;
        var worst = JournalOutcome.Ok;
        for (int i = 0; i < parts.Length; i++)
        {
            if (i == missed)
            {
                cluster.Faults.Note("part away", "commit");
            }

            JournalOutcome outcome = i == missed ? JournalOutcome.Unavailable : TakeGroup(writer, session, mark, [.. parts[i]]);
            if (outcome == JournalOutcome.Ok)
            {
                durable.UnionWith(parts[i]);
            }
            else if (worst is JournalOutcome.Ok or JournalOutcome.Unavailable)
            {
                worst = outcome;
            }
        }

        return worst;
    }

    internal void ForgetUsage() => _usage = null;

    internal CommittedBlock? Find(BlockKey key) =>
        Streams.TryGetValue(key.Stream, out BlockTable? stream) ? stream.GetValueOrDefault((key.Beat, key.Kind)) : null;

    /// <summary>False: the layout has another version.</summary>
    internal bool TryAdvance(ulong expectedVersion, IReadOnlyList<ShardMove> moves)
    {
        if (Layout.Version != expectedVersion)
        {
            return false;
        }

        Layout = Layout.Moved(moves);
        OnLayout?.Invoke(Layout);
        return true;
    }

    private JournalUsage CountUsage()
    {
        long bytes = Streams.Values.Sum(static s => s.Values.Sum(static b => (long)b.Body.Length)) + Snapshots.Values.Sum(static s => s.Values.Sum(static b => (long)b.Length));
        ulong oldest = Snapshots.Values.SelectMany(static s => s.Keys).Select(static k => k.TimeSequence).DefaultIfEmpty().Min();
        return new JournalUsage(bytes, 1, Snapshots.Values.Sum(static s => s.Count), oldest);
    }
}
