using System.Runtime.InteropServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Places;

/// <summary>A receiver's standing acceptance for the ingress to attach; signature and key have been checked.</summary>
public sealed record RegisterAcceptance(PublicKey Receiver, StandingAcceptance Acceptance) : IControlMessage, IWireMessage;

/// <summary>The acceptance is durable, or why not.</summary>
public sealed record AcceptanceRegistered(Outcome Outcome) : IControlMessage, IWireMessage;

/// <summary>Asks for an acceptance that covers a payment: <see cref="AcceptanceFound"/>.</summary>
public sealed record FindAcceptance(AccountId Receiver, AccountId Payer, Amount Amount) : IControlMessage, IWireMessage;

/// <summary>The acceptance, or null.</summary>
public sealed record AcceptanceFound(RegisteredAcceptance? Acceptance) : IControlMessage, IWireMessage;

/// <summary>
/// The standing acceptances that receivers registered with this node. For each receiver the newest for anyone and the newest for each of a few
/// payers are kept, in the journal.
/// </summary>
/// <remarks>
/// Whoever waits long asks again. So one that is there is not written again, one that is being written answers all who have asked for it, and while a commit is
/// under way the next ones gather for the commit after it.
/// </remarks>
public sealed class AcceptanceBook(LedgerParameters parameters, uint epoch) : PersistentActor
{
    /// <summary>Acceptances of one receiver at the most; the oldest gives way.</summary>
    public const int PerReceiverMax = 16;

    /// <summary>The journal's phase in which a registration becomes durable.</summary>
    public const byte RegisterPhase = 3;

    private const int BlockBytes = PublicKey.ByteLength + StandingAcceptance.SizeBytes;

    private readonly Dictionary<AccountId, List<RegisteredAcceptance>> _byReceiver = [];
    private readonly Dictionary<ulong, Unwritten> _unwritten = [];
    private bool _isCommitting;
    private bool _isMoreToCommit;
    private BeatNumber _last = new(epoch, 0);

    protected override StreamId StreamId => LedgerStreams.Acceptances(parameters.Ledger);

    protected override void OnSnapshot(SnapshotKey key, JournalBuffer body) =>
        throw new JournalCorruptException($"{key}: acceptances have no snapshots");

    protected override void OnReplayed(JournalBlock block)
    {
        ReadOnlySpan<byte> bytes = block.Body.Span;
        if (bytes.Length != BlockBytes)
        {
            throw new JournalCorruptException($"{block.Key}: a registered acceptance has {BlockBytes} bytes, not {bytes.Length}");
        }

        // After a restart within its epoch the book goes on above what it wrote before: no key of a block is used twice.
        var written = new BeatNumber(block.Key.Beat);
        _last = written > _last ? written : _last;
        Add(new RegisteredAcceptance(
            MemoryMarshal.Read<PublicKey>(bytes), MemoryMarshal.Read<StandingAcceptance>(bytes[PublicKey.ByteLength..])));
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case RegisterAcceptance register:
                OnRegister(register);
                break;
            case Persisted persisted when _unwritten.Remove(persisted.Key.Beat, out Unwritten? written):
                written.Answer(Outcome.Committed, Self);
                break;
            case PersistFailed failed when _unwritten.Remove(failed.Key.Beat, out Unwritten? lost):
                _byReceiver[lost.Acceptance.Acceptance.Terms.Receiver].Remove(lost.Acceptance);
                lost.Answer(Outcome.Busy, Self);
                break;
            case GroupPersisted:
                _isCommitting = false;
                Commit();
                break;
            case GroupFailed:
                // Whoever asks again has it tried again.
                _isCommitting = false;
                _isMoreToCommit = _unwritten.Count != 0;
                break;
            case FindAcceptance find:
                Sender.Tell(new AcceptanceFound(Find(find)), Self);
                break;
            case Persisted or PersistFailed:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRegister(RegisterAcceptance register)
    {
        var registered = new RegisteredAcceptance(register.Receiver, register.Acceptance);
        if (_unwritten.Values.FirstOrDefault(each => each.Acceptance == registered) is { } unwritten)
        {
            unwritten.Add(Sender);
            Commit();
            return;
        }

        if (_byReceiver.TryGetValue(register.Acceptance.Terms.Receiver, out List<RegisteredAcceptance>? known) && known.Contains(registered))
        {
            Sender.Tell(new AcceptanceRegistered(Outcome.Committed), Self);
            return;
        }

        Add(registered);
        _last = _last.Next();
        JournalBuffer body = Context.Journal.Buffers.Rent(BlockBytes);
        body.Length = BlockBytes;
        MemoryMarshal.Write(body.Span, registered.Receiver);
        MemoryMarshal.Write(body.Span[PublicKey.ByteLength..], registered.Acceptance);
        _unwritten[_last.Value] = new Unwritten(registered, [Sender]);
        Persist(new JournalBlock
        {
            Key = new BlockKey(StreamId, _last.Value, LedgerStreams.AcceptanceBlock),
            Epoch = epoch,
            Body = body,
        });
        _isMoreToCommit = true;
        Commit();
    }

    private void Commit()
    {
        if (_isMoreToCommit && !_isCommitting)
        {
            _isMoreToCommit = false;
            _isCommitting = true;
            Context.Journal.Commit(new GroupMark(_last.Value, RegisterPhase), Self);
        }
    }

    private void Add(RegisteredAcceptance registered)
    {
        StandingTerms terms = registered.Acceptance.Terms;
        if (!_byReceiver.TryGetValue(terms.Receiver, out List<RegisteredAcceptance>? list))
        {
            list = _byReceiver[terms.Receiver] = [];
        }

        list.RemoveAll(old => old.Acceptance.Terms.Payer == terms.Payer);
        list.Add(registered);
        if (list.Count > PerReceiverMax)
        {
            list.RemoveAt(0);
        }
    }

    private RegisteredAcceptance? Find(FindAcceptance find) => _byReceiver.TryGetValue(find.Receiver, out List<RegisteredAcceptance>? list)
        ? list.FindLast(each => each.Acceptance.Terms.Covers(parameters.Ledger, find.Payer, find.Receiver, find.Amount))
        : null;

    /// <summary>One that is not durable yet, and who wait for that; of those that have asked too often the first is forgotten, who has given up.</summary>
    private sealed record Unwritten(RegisteredAcceptance Acceptance, List<IActorRef> Waiting)
    {
        private const int WaitingMax = 64;

        public void Add(IActorRef asker)
        {
            if (Waiting.Count == WaitingMax)
            {
                Waiting.RemoveAt(0);
            }

            Waiting.Add(asker);
        }

        public void Answer(Outcome outcome, IActorRef self)
        {
            foreach (IActorRef asker in Waiting)
            {
                asker.Tell(new AcceptanceRegistered(outcome), self);
            }
        }
    }
}
