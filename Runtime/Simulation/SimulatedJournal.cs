using LeitherCluster.Runtime.Core;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// A journal over a synchronous store in virtual time: writes one after the other, reads beside them. An operation takes its time
/// first and then happens at once; a crash before that loses it.
/// </summary>
internal sealed class SimulatedJournal : IJournal
{
    private readonly SimulatedNode _node;
    private readonly IJournalStore _store;
    private readonly JournalWriter _writer;
    private readonly JournalReader _reader;
    private readonly SettlementTable _settlement;
    private readonly Lane _writing;
    private readonly Lane _reading;

    public SimulatedJournal(SimulatedNode node, IJournalStore store, JournalOptions options)
    {
        _node = node;
        _store = store;
        Opening = store.Opening;
        Buffers = node.Buffers;
        _settlement = new SettlementTable(EnqueueRead);
        _writer = new JournalWriter(store, _settlement);
        _reader = new JournalReader(store, node.Buffers, options);
        _writing = new Lane(node);
        _reading = new Lane(node);
    }

    public JournalOpening Opening { get; }

    public bool IsSpread => _store.IsSpread;

    public JournalBufferPool Buffers { get; }

    public JournalUsage Usage => _store.Usage;

    private SimulationOptions Times => _node.Cluster.Options;

    public void Append(JournalBlock block, IActorRef? replyTo = null)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (_writer.Failure is { } failure)
        {
            block.Body.Release();
            throw new JournalFailedException(failure.Message, failure.Outcome, failure);
        }

        _settlement.Appended(block.Key.Stream);
        long ticks = _node.Chance.Between(0, Times.AppendTimeMax.Ticks);
        _writing.Enqueue($"append {block.Key.Stream.Kind}.{block.Key.Kind}", ticks, () => _writer.Append(block, replyTo));
    }

    public void Commit(GroupMark mark, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        ThrowIfFailed();
        _writing.Enqueue($"commit .{mark.Phase}", DiskTime(Times.CommitTimeMax), () => _writer.Commit(mark, replyTo));
    }

    public void Replay(StreamId stream, ReplayPosition after, IActorRef replyTo, object? tag = null)
        => _settlement.WhenSettled(new ReplayRequest(stream, after, replyTo, tag));

    public void ReadSnapshot(StreamId stream, ulong atMostTimeSequence, IActorRef replyTo, object? tag = null)
        => EnqueueRead(new SnapshotRequest(stream, atMostTimeSequence, replyTo, tag));

    public void Read(BlockKey key, IActorRef replyTo, object? tag = null) => EnqueueRead(new BlockRequest(key, replyTo, tag));

    public void SaveSnapshot(SnapshotKey key, JournalBuffer body, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_writer.Failure is { } failure)
        {
            body.Release();
            throw new JournalFailedException(failure.Message, failure.Outcome, failure);
        }

        EnqueueRead(new SnapshotToSave(key, body, replyTo));
    }

    public void Compact(ulong keepFromTimeSequence, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        ThrowIfFailed();
        _writing.Enqueue("compact", DiskTime(Times.CommitTimeMax), () => _writer.Compact(keepFromTimeSequence, replyTo));
    }

    /// <summary>The orderly end: the store may still write.</summary>
    public void Close() => _store.Dispose();

    /// <summary>The node has gone: nothing more is written, only memory is freed.</summary>
    public void Abandon()
    {
        _node.Disk.IsOutOfReach = true;
        try
        {
            _store.Dispose();
        }
        catch (DiskFailedException)
        {
            // As it would be for a process that is no more.
        }
        finally
        {
            _node.Disk.IsOutOfReach = false;
        }
    }

    private void EnqueueRead(ReadRequest request)
    {
        (string name, TimeSpan timeMax) = request switch
        {
            SnapshotToSave => ("save snapshot", Times.CommitTimeMax),
            SnapshotRequest => ("read snapshot", Times.ReadTimeMax),
            ReplayRequest => ("replay", Times.ReadTimeMax),
            _ => ("read block", Times.ReadTimeMax),
        };
        _reading.Enqueue(name, DiskTime(timeMax), () => _reader.Handle(request));
    }

    private long DiskTime(TimeSpan max) => _node.Chance.Between(max.Ticks / 10, max.Ticks) * Math.Max(1, _node.Disk.SlowFactor);

    private void ThrowIfFailed()
    {
        if (_writer.Failure is { } failure)
        {
            throw new JournalFailedException(failure.Message, failure.Outcome, failure);
        }
    }

    /// <summary>Operations one after the other, each a step of the node.</summary>
    private sealed class Lane(SimulatedNode node)
    {
        private readonly Queue<(string Name, long Ticks, Action Work)> _waiting = new();
        private readonly ActorSystemCore _system = node.Running;

        public void Enqueue(string name, long ticks, Action work)
        {
            _waiting.Enqueue((name, ticks, work));
            if (_waiting.Count == 1)
            {
                ScheduleNext();
            }
        }

        private void ScheduleNext() => _system.Schedule(TimeSpan.FromTicks(_waiting.Peek().Ticks), RunNext);

        private void RunNext()
        {
            (string name, _, Action work) = _waiting.Peek();
            node.Cluster.Current = this;
            node.Cluster.Observe(node, StepKind.Journal, name, null, 0, work);
            _waiting.Dequeue();
            if (_waiting.Count > 0)
            {
                ScheduleNext();
            }
        }
    }
}
