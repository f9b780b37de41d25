using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Branches;

/// <content>Acceptance, and the look into the past that a repeated transfer needs.</content>
public sealed partial class Branch
{
    private Decision[] _decisions = [];
    private Outcome[] _refusals = [];

    private unsafe void Accept(BranchSlice slice)
    {
        TransferBatch batch = slice.Batch;
        int count = slice.Count;
        if (_decisions.Length < count)
        {
            _decisions = new Decision[count * 2];
            _refusals = new Outcome[count * 2];
        }

        int number = _waiting.Add(batch);
        var frames = new FrameSlice(batch.Frames, batch.Offsets, batch.IdSlots, batch.Order.AsSpan(slice.Start, count), number);
        int waiting = _ledger.Accept(frames, _room, _decisions.AsSpan(0, count), _refusals.AsSpan(0, count));
        if (waiting != 0 && !_awake)
        {
            // Also for one that joined a sealed window: after a restart it is the next beat that tells that window's fate.
            _awake = true;
            _options.Exchange.Tell(new BranchAwake(_ledger.Branch), Self);
        }

        _waiting.Expect(number, waiting);
        int refused = waiting == count ? 0 : Refuse(slice);
        _options.Counters.AddAccepted(waiting);
        batch.NoteAccepted(count);
        batch.NoteAnswered(refused);
    }

    /// <summary>Writes the refusals down; those that may be repeats are asked about first. Returns how many frames have their answer.</summary>
    private int Refuse(BranchSlice slice)
    {
        TransferBatch batch = slice.Batch;
        if (!_options.Freshness.IsFresh(Context.Clock.MonotonicTicks))
        {
            return Postpone(slice);
        }

        List<PlaceQuestion>? questions = null;
        int refused = 0;
        for (int i = 0; i < slice.Count; i++)
        {
            int frame = batch.Order[slice.Start + i];
            switch (_decisions[i])
            {
                case Decision.Refused:
                    batch.AnswerSlots[frame] = new TransferAnswer(_refusals[i]);
                    refused++;
                    break;
                case Decision.RefusedUnlessSealed:
                    questions ??= [];
                    questions.Add(new PlaceQuestion(FirstLeafOf(batch, frame), frame, _refusals[i]));
                    break;
                default:
                    break;
            }
        }

        _options.Counters.AddRefused(refused);
        if (questions is not null)
        {
            _options.Places.Tell(new FindPlaces(_ledger.Branch, batch, questions), Self);
        }

        return refused;
    }

    /// <summary>Another node may own the branch by now, and know better.</summary>
    private int Postpone(BranchSlice slice)
    {
        TransferBatch batch = slice.Batch;
        int postponed = 0;
        for (int i = 0; i < slice.Count; i++)
        {
            if (_decisions[i] is Decision.Refused or Decision.RefusedUnlessSealed)
            {
                batch.AnswerSlots[batch.Order[slice.Start + i]] = new TransferAnswer(Outcome.Pending);
                postponed++;
            }
        }

        batch.NoteUnsettled();
        return postponed;
    }

    /// <summary>What sealed windows know a frame by: its own id, or that of a bundle's first item.</summary>
    private static unsafe Hash256 FirstLeafOf(TransferBatch batch, int frame)
    {
        Hash256 id = batch.IdSlots[frame];
        TransferKind kind = new TransferFrame(batch.Frames + batch.Offsets[frame]).Kind;
        return FrameLayout.IsBundle(kind) ? TransferIds.ComputeItem(id, 0) : id;
    }

    private void OnPlacesFound(PlacesFound found) => _options.Counters.AddRefused(found.Answer());
}
