using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Branches;

/// <summary>
/// Owns the accounts under one id prefix: accepts what is sent from them, seals a window at each beat, applies credits, and answers for its
/// accounts as of any beat it remembers. The state and its rules are <see cref="BranchLedger"/>; this actor moves messages, blocks and answers.
/// </summary>
/// <remarks>
/// The sealed window goes to the journal at once; the exchange makes it durable, and only then do its credits leave the node. The credits that came go to
/// the journal too, in whichever group is next: they follow from the sources' blocks. A snapshot is taken when the beat after it begins, for only then are
/// the credits of its own beat durable at every node: until then, who lost them gets them from the sealed block, which a recovery from it would not read.
/// </remarks>
public sealed partial class Branch : PersistentActor
{
    private readonly BranchActorOptions _options;
    private readonly BranchLedger _ledger;
    private readonly WaitingBatches _waiting = new();
    private readonly Func<WindowBuffer?> _room;
    private SealedWindow? _sealed;
    private bool _awake;
    private long _accountsCounted;
    private Timestamp? _toldDeadline;
    private int _pulsesSinceSnapshot;
    private BeatNumber _journaledCredits;
    private (TimeSequence Sequence, BeatNumber Beat)? _snapshotDue;
    private (TimeSequence Sequence, BeatNumber Beat)? _committed;

    public Branch(BranchActorOptions options)
    {
        _options = options;
        _ledger = new BranchLedger(options.Ledger);
        _pulsesSinceSnapshot = (int)(options.Ledger.Branch % (uint)options.PulsesPerSnapshot);
        _room = () => JournalWindowBuffer.TryRent(Context.Journal.Buffers, options.Ledger.WindowBytesMax);
    }

    protected override StreamId StreamId => LedgerStreams.Branch(_options.Ledger.Ledger, _options.Ledger.Branch);

    protected override void PostStop()
    {
        // What was only accepted is forgotten, and may be sent again safely; so may what is sealed and not yet answered.
        _ledger.AnswerAll(Outcome.Pending, _waiting);
        _options.Counters.AddAnswered(_waiting.Flush(unsettled: true));
        _ledger.Dispose();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case BranchSlice slice:
                Accept(slice);
                break;
            case SealWindow seal:
                OnSeal(seal);
                break;
            case ApplyCredits credits:
                OnCredits(credits);
                break;
            case PulseCommitted committed:
                OnCommitted(committed);
                break;
            case PlacesFound found:
                OnPlacesFound(found);
                break;
            case ReadBranchAccount read:
                OnReadAccount(read);
                break;
            case ReadBranchTransfer read:
                OnReadTransfer(read);
                break;
            case BlockRead or BlockAbsent or ReplayFailed:
                OnBlockRead(message);
                break;
            case ReportStanding report:
                Sender.Tell(Standing(report.Term), Self);
                break;
            case PrepareToMove prepare:
                OnPrepareToMove(prepare);
                break;
            case SnapshotSaved:
                OnSnapshotEnded();
                break;
            case SnapshotFailed failed:
                Context.Log.Warning($"Branch {_ledger.Branch} could not store its snapshot: {failed.Reason}");
                OnSnapshotEnded();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnSeal(SealWindow seal)
    {
        OpenBeat beat = seal.Beat;
        if (_ledger.SealedBeat == beat.Beat)
        {
            Sender.Tell(new BranchSealed(_ledger.Branch, beat.Beat, _sealed), Self);
            return;
        }

        if (beat.Finish || _ledger.SealedBeat > beat.Beat)
        {
            Sender.Tell(new BranchSealed(_ledger.Branch, beat.Beat, null), Self);
            return;
        }

        _awake = false;
        // A pulse is open only when the one before has ended: what was sealed for that one is committed, told or not.
        CommitSealed();
        SaveDueSnapshot(beat.Beat);

        Span<byte> secret = stackalloc byte[Hash256.ByteLength];
        Context.Chance.Fill(secret);
        _sealed = _ledger.Seal(beat.Beat, beat.At, beat.Sequence, new Hash256(secret), _room, _waiting);
        _options.Counters.AddAnswered(_waiting.Flush());
        if (_sealed is not null)
        {
            Journal(_sealed);
        }

        Sender.Tell(new BranchSealed(_ledger.Branch, beat.Beat, _sealed), Self);
        TellDeadline();
    }

    private unsafe void Journal(SealedWindow sealedWindow)
    {
        var buffer = (JournalWindowBuffer)sealedWindow.Block!;
        Span<byte> hash = stackalloc byte[Hash256.ByteLength];
        sealedWindow.BlockHash.CopyTo(hash);
        Signature signature = _options.Bookkeeper.Sign(hash);
        var certificate = new Span<byte>(buffer.TryExtend(WindowBlock.CertificateBytes), WindowBlock.CertificateBytes);
        _options.Bookkeeper.PublicKey.CopyTo(certificate);
        signature.CopyTo(certificate[PublicKey.ByteLength..]);
        buffer.Buffer.Length = buffer.Length;
        _blocksSinceSnapshot++;
        Persist(new JournalBlock
        {
            Key = new BlockKey(StreamId, sealedWindow.Beat.Value, LedgerStreams.SealedBlock),
            Epoch = _options.Epoch,
            TimeSequence = sealedWindow.Sequence.Value,
            Body = buffer.Buffer,
        }, tell: false);
    }

    private void OnCredits(ApplyCredits credits)
    {
        if (_ledger.CreditedBeat < credits.Beat)
        {
            SaveDueSnapshot(credits.Beat);
            Apply(credits);
            JournalCredits(credits);
        }

        if (_ledger.CreditedBeat == credits.Beat)
        {
            credits.Trunk.Tell(new BranchReport(credits.Beat, Entry(credits.Beat)), Self);
        }
    }

    private void Apply(ApplyCredits credits)
    {
        uint branch = _ledger.Branch;
        int sections = credits.Credits.SectionCount(branch);
        _ledger.BeginCredits(credits.Beat);
        for (int i = 0; i < sections; i++)
        {
            CreditSection section = credits.Credits.Section(branch, i);
            _ledger.ApplySection(section.Secret, section.Entries.Span);
        }

        _ledger.UpdateSynopsis();
        _options.Counters.AddAccounts(_ledger.Accounts - _accountsCounted);
        _accountsCounted = _ledger.Accounts;
    }

    private void JournalCredits(ApplyCredits credits)
    {
        uint branch = _ledger.Branch;
        int sections = credits.Credits.SectionCount(branch);
        if (sections == 0 || _journaledCredits == credits.Beat)
        {
            return;
        }

        int entries = 0;
        for (int i = 0; i < sections; i++)
        {
            entries += credits.Credits.Section(branch, i).Entries.Length;
        }

        int size = CreditsBlock.SizeOf(sections, entries);
        JournalBuffer body = Context.Journal.Buffers.Rent(size);
        body.Length = size;
        Span<byte> rest = body.Span;
        CreditsBlock.WriteHeader(rest, _options.Ledger.Ledger, branch, credits.Beat, sections);
        rest = rest[CreditsBlock.HeaderBytes..];
        for (int i = 0; i < sections; i++)
        {
            rest = rest[CreditsBlock.WriteSection(rest, credits.Credits.Section(branch, i))..];
        }

        _journaledCredits = credits.Beat;
        _blocksSinceSnapshot++;
        Persist(new JournalBlock
        {
            Key = new BlockKey(StreamId, credits.Beat.Value, LedgerStreams.CreditsBlock),
            Epoch = _options.Epoch,
            TimeSequence = credits.Sequence.Value,
            Body = body,
        }, tell: false);
    }

    private void OnCommitted(PulseCommitted committed)
    {
        TimeSequence sequence = committed.Statement.Statement.TimeSequence;
        if (_ledger.SealedBeat == committed.Beat)
        {
            CommitSealed();
        }

        _committed = (sequence, committed.Beat);
        _ledger.EndBeat(committed.Statement.Statement.Timestamp);
        TellDeadline();
        if (++_pulsesSinceSnapshot >= _options.PulsesPerSnapshot)
        {
            _snapshotDue = (sequence, committed.Beat);
        }
    }

    private void CommitSealed()
    {
        if (_ledger.SealedIsCommitted)
        {
            return;
        }

        ReadOnlySpan<Hash256> leaves = _ledger.SealedLeafIds;
        Hash256[] ids = IndexWindow.IdArrays.Rent(leaves.Length);
        leaves.CopyTo(ids);
        _options.Places.Tell(
            new IndexWindow(_ledger.Branch, _ledger.SealedBeat, _sealed!.Sequence, _ledger.SealedAt, ids, leaves.Length), Self);
        int told = _ledger.CommitSealed(_sealed.Sequence, _waiting);
        _options.Counters.AddAnswered(_waiting.Flush());
        _options.Counters.AddCommitted(told);
    }

    private void SaveDueSnapshot(BeatNumber open)
    {
        if (_snapshotDue is { } due && due.Beat < open)
        {
            _snapshotDue = null;
            SaveSnapshot(due.Sequence, due.Beat);
        }
    }

    private void SaveSnapshot(TimeSequence sequence, BeatNumber beat)
    {
        int size = checked((int)_ledger.SnapshotBytes);
        if (Context.Journal.Buffers.TryRent(size) is not { } body)
        {
            // No room now; the next pulse tries again.
            return;
        }

        body.Length = size;
        _ledger.WriteSnapshot(body.Span);
        _pulsesSinceSnapshot = 0;
        _blocksSinceSnapshot = 0;
        _isStoringSnapshot = true;
        Context.Journal.SaveSnapshot(new SnapshotKey(StreamId, sequence.Value, beat.Value), body, Self);
    }

    private BranchEntry Entry(BeatNumber beat)
    {
        bool sealedNow = _ledger.SealedBeat == beat && _sealed is not null;
        return new BranchEntry(
            _ledger.Branch,
            sealedNow ? (uint)_sealed!.Leaves : 0,
            sealedNow ? _sealed!.Issued : 0,
            _ledger.Synopsis.Sum,
            _ledger.Synopsis.Digest,
            _ledger.BlockHash,
            sealedNow ? _sealed!.WindowsRoot : Hash256.Zero);
    }

    private void TellDeadline()
    {
        if (_ledger.NextDeadline != _toldDeadline)
        {
            _toldDeadline = _ledger.NextDeadline;
            _options.Exchange.Tell(new NextDeadline(_ledger.Branch, _toldDeadline), Self);
        }
    }

}
