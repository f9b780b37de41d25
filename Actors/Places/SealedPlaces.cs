using System.Runtime.InteropServices;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Places;

/// <summary>
/// Keeps where every transfer of the sealed windows is, for as long as the same transfer could be sent again, so that it gets the same answer.
/// Disk is read here and nowhere else in the ledger, off the branches' way.
/// </summary>
/// <remarks>
/// The index is a cache of the journal. When the node starts, what the index does not cover is read from the branches' blocks, branch by
/// branch; then the parent is told <see cref="PlacesReady"/>, and only then does the clock start.
/// </remarks>
public sealed class SealedPlaces(ISealedIndex index, LedgerParameters parameters) : Actor
{
    /// <summary>How much longer than the longest expiry places are kept.</summary>
    public static readonly TimeSpan KeptBeyondExpiry = TimeSpan.FromMinutes(1);

    private readonly int _branchCount = 1 << parameters.Bands.DepthBits;
    private ulong _droppedAtMs;
    private uint _catchingUp;

    protected override void PreStart() => CatchUpNext();

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ReplayedBlock replayed:
                CatchUp(replayed.Block);
                replayed.Release();
                break;
            case ReplayPaused paused:
                Context.Journal.Replay(paused.Stream, paused.After, Self);
                break;
            case ReplayCompleted:
                _catchingUp++;
                CatchUpNext();
                break;
            case ReplayFailed failed:
                throw new JournalFailedException($"The places of {failed.Stream} cannot be read: {failed.Reason}", failed.Outcome);
            case IndexWindow window:
                Add(window);
                window.Release();
                break;
            case FindPlaces find:
                Sender.Tell(new PlacesFound(find.Batch, Answers(find)), Self);
                break;
            case FindPlace find:
                Sender.Tell(new PlaceFound(Find(find)), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void CatchUpNext()
    {
        if (_catchingUp == (uint)_branchCount)
        {
            Context.Parent.Tell(PlacesReady.Instance, Self);
            return;
        }

        StreamId stream = LedgerStreams.Branch(parameters.Ledger, _catchingUp);
        Context.Journal.Replay(stream, ReplayPosition.AfterBeat(index.CoversThrough(stream)), Self);
    }

    private void CatchUp(JournalBlock block)
    {
        if (block.Key.Kind != LedgerStreams.SealedBlock || !WindowBlock.TryRead(block.Body.Span, out WindowBlock header))
        {
            return;
        }

        Hash256[] ids = SealedTransferReader.LeafIds(block.Body.Span);
        index.Append(block.Key.Stream, header.Beat.Value, header.Sequence.Value, header.At.UnixMs, MemoryMarshal.AsBytes(ids.AsSpan()));
    }

    private void Add(IndexWindow window)
    {
        StreamId stream = LedgerStreams.Branch(parameters.Ledger, window.Branch);
        if (index.CoversThrough(stream) >= window.Beat.Value)
        {
            return;
        }

        index.Append(stream, window.Beat.Value, window.Sequence.Value, window.At.UnixMs, MemoryMarshal.AsBytes(window.Ids.AsSpan(0, window.Count)));
        DropOld(window.At);
    }

    private void DropOld(Timestamp now)
    {
        ulong kept = parameters.ExpiryAheadMs + (ulong)KeptBeyondExpiry.TotalMilliseconds;
        if (now.UnixMs > kept && now.UnixMs - kept > _droppedAtMs + (ulong)KeptBeyondExpiry.TotalMilliseconds)
        {
            _droppedAtMs = now.UnixMs - kept;
            index.DropBefore(_droppedAtMs);
        }
    }

    private List<(PlaceQuestion, WindowPosition?, TimeSequence)> Answers(FindPlaces find)
    {
        StreamId stream = LedgerStreams.Branch(parameters.Ledger, find.Branch);
        var answers = new List<(PlaceQuestion, WindowPosition?, TimeSequence)>(find.Questions.Count);
        foreach (PlaceQuestion question in find.Questions)
        {
            bool found = TryFind(stream, question.Id, out SealedPlace place);
            WindowPosition? position = found ? new WindowPosition(find.Branch, place.Position) : null;
            answers.Add((question, position, new TimeSequence(found ? place.TimeSequence : 0)));
        }

        return answers;
    }

    private TransferPlace? Find(FindPlace find)
    {
        uint first = find.Branch ?? 0;
        uint last = find.Branch ?? (uint)_branchCount - 1;
        for (uint branch = first; branch <= last; branch++)
        {
            if (TryFind(LedgerStreams.Branch(parameters.Ledger, branch), find.Id, out SealedPlace place))
            {
                return new TransferPlace(
                    find.Id, new TimeSequence(place.TimeSequence), new BeatNumber(place.Beat), new Timestamp(place.TimestampMs), branch, place.Position);
            }
        }

        return null;
    }

    private bool TryFind(StreamId stream, in Hash256 id, out SealedPlace place)
    {
        Span<byte> bytes = stackalloc byte[Hash256.ByteLength];
        id.CopyTo(bytes);
        return index.TryFind(stream, bytes, out place);
    }
}
