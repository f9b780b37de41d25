using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime;

/// <summary>
/// An actor whose state is a fold over its journal stream. Every incarnation recovers first: newest snapshot, then the blocks
/// after it, then <see cref="OnRecoveryCompleted"/>; messages that come meanwhile are stashed (bounded) and handled afterwards. A journal that cannot be
/// reached is asked again until it can.
/// </summary>
public abstract class PersistentActor : Actor
{
    /// <summary>How long it waits before it reads on where the journal could not be reached.</summary>
    public static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMilliseconds(250);

    private static readonly object ReadAgainKey = new();

    // Identifies this incarnation's recovery, so that answers to an older one are told apart.
    private readonly RecoveryTag _recovery = new();
    private ulong _lastBeat;

    /// <summary>What it has read so far; null: not even the snapshot.</summary>
    private ReplayPosition? _position;

    /// <summary>The stream that this actor alone writes. Must not change over restarts.</summary>
    protected abstract StreamId StreamId { get; }

    protected bool IsRecovering { get; private set; } = true;

    /// <summary>Applies a snapshot. The body is only borrowed: Retain it to keep it.</summary>
    protected abstract void OnSnapshot(SnapshotKey key, JournalBuffer body);

    /// <summary>Applies one block of the past. The body is only borrowed: Retain it to keep it. Must have no effect but on the state.</summary>
    protected abstract void OnReplayed(JournalBlock block);

    /// <summary>The state is up to date; <paramref name="lastBeat"/> is the beat of the last block or snapshot, 0 for none.</summary>
    protected virtual void OnRecoveryCompleted(ulong lastBeat)
    {
    }

    /// <summary>Handles one message after recovery: <see cref="Persisted"/> and <see cref="PersistFailed"/> among them.</summary>
    protected abstract void OnCommand(object message);

    /// <summary>
    /// Appends a block of this stream, giving away one reference to its body, and returns at once; nothing is stashed.
    /// <see cref="Persisted"/> comes as a message when somebody committed the journal, unless the actor does not care: whoever commits is told, too.
    /// </summary>
    protected void Persist(JournalBlock block, bool tell = true)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (block.Key.Stream != StreamId)
        {
            throw new InvalidOperationException($"{Self.Path} writes stream {StreamId}, not {block.Key.Stream}");
        }

        Context.Journal.Append(block, tell ? Self : null);
    }

    internal sealed override void Starting() => Context.Journal.ReadSnapshot(StreamId, ulong.MaxValue, Self, _recovery);

    protected sealed override void Receive(object message)
    {
        if (!IsRecovering)
        {
            OnRecovered(message);
            return;
        }

        switch (message)
        {
            case SnapshotRead read when read.Tag == _recovery:
                _lastBeat = read.Key.Beat;
                ApplySnapshot(read);
                Replay(ReplayPosition.AfterBeat(_lastBeat));
                break;
            case SnapshotAbsent absent when absent.Tag == _recovery:
                Replay(ReplayPosition.Start);
                break;
            case ReplayedBlock replayed when replayed.Tag == _recovery:
                _lastBeat = replayed.Block.Key.Beat;
                _position = new ReplayPosition(replayed.Block.Key.Beat, replayed.Block.Key.Kind);
                ApplyBlock(replayed);
                break;
            case ReplayPaused paused when paused.Tag == _recovery:
                Replay(paused.After);
                break;
            case ReplayCompleted completed when completed.Tag == _recovery:
                IsRecovering = false;
                OnRecoveryCompleted(_lastBeat);
                Context.Stash.UnstashAll();
                break;
            case ReplayFailed { Outcome: JournalOutcome.Unavailable } away when away.Tag == _recovery:
                Context.Timers.Start(ReadAgainKey, ReadAgain.Instance, ReadAgainAfter);
                break;
            case ReadAgain:
                ReadOn();
                break;
            case ReplayFailed failed when failed.Tag == _recovery:
                throw new JournalFailedException($"{Self.Path} cannot recover: {failed.Reason}", failed.Outcome);
            default:
                Later(message);
                break;
        }
    }

    private void OnRecovered(object message)
    {
        // An older incarnation's recovery was cut short by a restart; its late answers belong to nobody.
        if (IsStaleRecovery(message))
        {
            (message as IReleasable)?.Release();
            return;
        }

        OnCommand(message);
    }

    private void Later(object message)
    {
        if (IsStaleRecovery(message))
        {
            (message as IReleasable)?.Release();
            return;
        }

        Context.Stash.Stash();
    }

    private static bool IsStaleRecovery(object message) => message switch
    {
        SnapshotRead m => m.Tag is RecoveryTag,
        SnapshotAbsent m => m.Tag is RecoveryTag,
        ReplayedBlock m => m.Tag is RecoveryTag,
        ReplayPaused m => m.Tag is RecoveryTag,
        ReplayCompleted m => m.Tag is RecoveryTag,
        ReplayFailed m => m.Tag is RecoveryTag,
        _ => false,
    };

    private void Replay(ReplayPosition after)
    {
        _position = after;
        Context.Journal.Replay(StreamId, after, Self, _recovery);
    }

    private void ReadOn()
    {
        if (_position is { } position)
        {
            Replay(position);
        }
        else
        {
            Starting();
        }
    }

    private void ApplySnapshot(SnapshotRead read)
    {
        try
        {
            OnSnapshot(read.Key, read.Body);
        }
        finally
        {
            read.Release();
        }
    }

    private void ApplyBlock(ReplayedBlock replayed)
    {
        try
        {
            OnReplayed(replayed.Block);
        }
        finally
        {
            replayed.Release();
        }
    }

    private sealed class RecoveryTag;

    private sealed record ReadAgain : IControlMessage
    {
        public static readonly ReadAgain Instance = new();
    }
}
