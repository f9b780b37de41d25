using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// The chief bookkeeper: makes the root statement of each pulse, checks that the sum is the supply, signs, makes it durable, and announces it.
/// </summary>
/// <remarks>
/// <code>
///   idle --TrunkReport, something changed--> committing --GroupPersisted--> idle (announced)
///    |                                         |   no room: Commit again every RetryAfter
///    +-- nothing changed: BeatEnded            +-- wrong sum: the ledger stops with evidence
/// </code>
/// A report of the beat of the last statement comes after a restart: it must give the same root, and is announced again. That a beat changed
/// nothing is published once, however often it is reported.
/// </remarks>
public sealed partial class Chief : PersistentActor
{
    /// <summary>The journal's phase of a beat in which its statement becomes durable.</summary>
    public const byte CommitPhase = 2;

    /// <summary>How long it waits before it tries a commit again for which there was no room.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private static readonly object RetryKey = "retry";

    private readonly ChiefOptions _options;
    private readonly SynopsisTable _table;
    private readonly Hash256 _parameters;
    private readonly Hash256[] _roots;

    // Pulses of this chief, oldest first, and when they were: which of them is the newest that is old enough tells how far may be compacted.
    private readonly Queue<(ulong Sequence, Timestamp At)> _young = new();
    private ulong _old;
    private IReadOnlyList<IActorRef> _listeners = [];
    private PulseBlock? _committing;
    private TrunkReport? _report;
    private long _reportedAt;
    private int _sinceSnapshot;
    private BeatNumber _endedEmpty;

    public Chief(ChiefOptions options)
    {
        _options = options;
        _table = new SynopsisTable(1 << options.Parameters.Bands.DepthBits);
        _roots = new Hash256[1 << options.Parameters.Bands.DepthBits];
        _parameters = options.Parameters.Digest();
    }

    protected override StreamId StreamId => LedgerStreams.Root(_options.Parameters.Ledger);

    protected override void OnSnapshot(SnapshotKey key, JournalBuffer body) => _table.Reset(Read(body, key.ToString()));

    protected override void OnReplayed(JournalBlock block)
    {
        PulseBlock pulse = Read(block.Body, block.Key.ToString());
        if (_table.Last is { } last && pulse.Statement.Statement.Previous != last.Statement.Digest())
        {
            throw new JournalCorruptException($"{block.Key}: the statement of pulse {pulse.Statement.Statement.TimeSequence} does not follow the one before");
        }

        _table.Add(pulse);
    }

    protected override void OnRecoveryCompleted(ulong lastBeat)
    {
        Context.Parent.Tell(new ChiefStanding(_table.Last, _table.Newest.ToArray()), Self);
        ReadLastPulse();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case AnnounceTo to:
                _listeners = to.Listeners;
                Context.Stash.UnstashAll();
                break;
            case TrunkReport when _listeners.Count == 0:
                // The first beat can overtake the word of who is to hear of it.
                Context.Stash.Stash();
                break;
            case TrunkReport report:
                OnReport(report);
                break;
            case GroupPersisted persisted when _committing is not null && persisted.Mark == Mark:
                OnDurable();
                break;
            case GroupPersisted:
                break;
            case GroupFailed failed:
                OnGroupFailed(failed);
                break;
            case CommitAgain when _committing is not null:
                Context.Journal.Commit(Mark, Self);
                break;
            case SnapshotSaved saved:
                Compact(saved.Key.TimeSequence);
                break;
            case CommitAgain or Persisted:
                break;
            case Compacted compacted when compacted.Outcome != JournalOutcome.Ok:
                Context.Log.Warning($"The journal could not be compacted: {compacted.Outcome}");
                break;
            case Compacted:
                break;
            case SnapshotFailed failed:
                Context.Log.Warning($"The root's snapshot could not be stored: {failed.Reason}");
                break;
            case ReadPulse read:
                OnReadPulse(read);
                break;
            case PulseRead { Pulse: { } pulse }:
                _table.Remember(pulse);
                break;
            case PulseRead:
                // It has been compacted away.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private GroupMark Mark => new(_committing!.Statement.Statement.Beat.Value, CommitPhase);

    private void OnReport(TrunkReport report)
    {
        if (_committing is not null)
        {
            return;
        }

        if (_table.Last is { } last && report.Beat == last.Statement.Beat)
        {
            Require(report.Entries.Count == 0 || report.Synopsis.Digest == last.Statement.Root, report, "what the journal holds does not give the root that was signed");
            Announce(last, report.At, null);
            return;
        }

        if (_table.Last is { } newer && report.Beat < newer.Statement.Beat)
        {
            return;
        }

        if (report.Entries.Count == 0)
        {
            PulseSummary? summary = null;
            if (report.Beat > _endedEmpty)
            {
                _endedEmpty = report.Beat;
                summary = Publish(report, null);
            }

            End(report.Beat, report.At, changed: false, summary);
            return;
        }

        _report = report;
        _reportedAt = Context.Clock.MonotonicTicks;
        Commit(report);
    }

    private void Commit(TrunkReport report)
    {
        RootStatement? last = _table.Last?.Statement;
        UInt128 issued = 0;
        foreach (BranchEntry entry in report.Entries)
        {
            issued += entry.Issued;
        }

        UInt128 supply = (last?.Sum.Units ?? 0) + issued;
        Require(supply == report.Synopsis.Sum, report, $"the accounts' sum is {report.Synopsis.Sum} and the supply {supply}");
        var statement = new RootStatement
        {
            Ledger = _options.Parameters.Ledger,
            Translucency = (uint)_options.Parameters.Translucency,
            TimeSequence = (last?.TimeSequence ?? TimeSequence.Zero).Next(),
            Beat = report.Beat,
            Timestamp = report.At,
            Previous = last?.Digest() ?? Hash256.Zero,
            Root = report.Synopsis.Digest,
            Sum = new Amount(report.Synopsis.Sum),
            Windows = WindowsRoot(report.Entries),
            Committee = _options.Committee.Digest,
            Parameters = _parameters,
        };
        _committing = new PulseBlock(Sign(statement), report.Entries);
        JournalBuffer body = Context.Journal.Buffers.Rent(_committing.SizeBytes);
        body.Length = _committing.SizeBytes;
        _committing.CopyTo(body.Span);
        Persist(new JournalBlock
        {
            Key = new BlockKey(StreamId, report.Beat.Value, LedgerStreams.PulseBlock),
            Epoch = _options.Epoch,
            TimeSequence = statement.TimeSequence.Value,
            Body = body,
        });
        Context.Journal.Commit(Mark, Self);
    }

    private SignedStatement Sign(in RootStatement statement)
    {
        int signer = _options.Committee.IndexOf(_options.Bookkeeper.PublicKey);
        var signature = StatementSignature.Sign(statement, (uint)signer, _options.Bookkeeper);
        return SignedStatement.TryCreate(statement, [signature], out SignedStatement? signed)
            ? signed
            : throw new InvalidOperationException("The chief's key is not in the committee.");
    }

    private void OnGroupFailed(GroupFailed failed)
    {
        if (_committing is null || failed.Mark != Mark)
        {
            return;
        }

        if (failed.Outcome is JournalOutcome.Full or JournalOutcome.Unavailable)
        {
            Context.System.EventStream.Publish(new PulseHeld(_committing.Statement.Statement.Beat, failed.Outcome, failed.Reason));
            Context.Timers.Start(RetryKey, CommitAgain.Instance, RetryAfter);
            return;
        }

        throw new JournalFailedException($"The statement of beat {_committing.Statement.Statement.Beat} cannot be made durable: {failed.Reason}", failed.Outcome);
    }

    private void OnDurable()
    {
        PulseBlock pulse = _committing!;
        _committing = null;
        _table.Add(pulse);
        PulseSummary summary = Publish(_report!, pulse);
        Announce(pulse.Statement, pulse.Statement.Statement.Timestamp, summary);
        if (++_sinceSnapshot >= _options.PulsesPerSnapshot)
        {
            SaveSnapshot();
        }
    }

    private void Announce(SignedStatement statement, Timestamp at, PulseSummary? summary)
    {
        foreach (IActorRef listener in _listeners)
        {
            listener.Tell(new PulseCommitted(statement.Statement.Beat, statement), Self);
        }

        End(statement.Statement.Beat, at, changed: true, summary);
    }

    private void End(BeatNumber beat, Timestamp at, bool changed, PulseSummary? summary)
    {
        var ended = new BeatEnded(beat, at, _table.Last?.Statement.TimeSequence ?? TimeSequence.Zero, changed, summary);
        foreach (IActorRef listener in _listeners)
        {
            listener.Tell(ended, Self);
        }
    }

    private PulseSummary Publish(TrunkReport report, PulseBlock? pulse)
    {
        RootStatement? standing = _table.Last?.Statement;
        long committedUs = report.Times.CreditedUs + (pulse is null ? 0 : (Context.Clock.MonotonicTicks - _reportedAt) / TimeSpan.TicksPerMicrosecond);
        var summary = new PulseSummary(
            report.Beat,
            standing?.TimeSequence ?? TimeSequence.Zero,
            report.At,
            pulse is not null,
            standing?.Root ?? Hash256.Zero,
            standing?.Sum ?? Amount.Zero,
            pulse?.Entries.Sum(entry => (int)entry.Leaves) ?? 0,
            report.Entries.Count,
            report.Times.SealedUs,
            report.Times.DurableUs,
            report.Times.CreditedUs,
            committedUs);
        Context.System.EventStream.Publish(summary);
        return summary;
    }

    private unsafe Hash256 WindowsRoot(IReadOnlyList<BranchEntry> entries)
    {
        int depth = _options.Parameters.Bands.DepthBits;
        Array.Clear(_roots);
        foreach (BranchEntry entry in entries)
        {
            _roots[entry.Branch] = entry.WindowsRoot;
        }

        fixed (Hash256* start = _roots)
        {
            return WindowsTree.TrunkRoot(start, depth);
        }
    }

    private void SaveSnapshot()
    {
        var snapshot = new PulseBlock(_table.Last!, [.. _table.Newest.ToArray().Where(entry => !entry.Synopsis.IsEmpty)]);
        if (Context.Journal.Buffers.TryRent(snapshot.SizeBytes) is not { } body)
        {
            return;
        }

        body.Length = snapshot.SizeBytes;
        snapshot.CopyTo(body.Span);
        _sinceSnapshot = 0;
        RootStatement statement = snapshot.Statement.Statement;
        Context.Journal.SaveSnapshot(new SnapshotKey(StreamId, statement.TimeSequence.Value, statement.Beat.Value), body, Self);
    }

    private void Compact(ulong newest)
    {
        ulong keptFrom = newest > _options.PulsesRetained ? newest - _options.PulsesRetained : 0;
        if (_options.WindowsKeptFor > TimeSpan.Zero)
        {
            keptFrom = Math.Min(keptFrom, NewestOldEnough(newest));
        }

        if (keptFrom != 0)
        {
            Context.Journal.Compact(keptFrom, Self);
        }
    }

    private ulong NewestOldEnough(ulong newest)
    {
        Timestamp now = _table.Last!.Statement.Timestamp;
        _young.Enqueue((newest, now));
        while (_young.TryPeek(out (ulong Sequence, Timestamp At) oldest) && oldest.At.UnixMs + (ulong)_options.WindowsKeptFor.TotalMilliseconds <= now.UnixMs)
        {
            _old = oldest.Sequence;
            _young.Dequeue();
        }

        return _old;
    }

    private static PulseBlock Read(JournalBuffer body, string what) =>
        PulseBlock.TryRead(body.Span, out PulseBlock? block) ? block! : throw new JournalCorruptException($"{what} is no pulse of this ledger");

    private static void Require(bool held, TrunkReport report, string otherwise)
    {
        if (!held)
        {
            throw new PulseRefusedException(report.Beat, otherwise);
        }
    }

    private sealed record CommitAgain : IControlMessage
    {
        public static readonly CommitAgain Instance = new();
    }
}

/// <summary>The sums or roots of a pulse are wrong: the ledger stops, and this is the evidence.</summary>
public sealed class PulseRefusedException(BeatNumber beat, string reason) : Exception($"The pulse of beat {beat} is refused: {reason}.");
