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
/// branch; then the parent is told <see cref="PlacesReady"/>, and only then does the clock start. Of branches that come to the node later it reads
/// the same beside their work. Where a full disk or a damaged run leaves the index behind, it is brought up the same way, again and again until it succeeds; meanwhile nobody is told that a transfer of such a branch
/// is unknown: parties are answered <see cref="Outcome.Busy"/>.
/// </remarks>
public sealed class SealedPlaces(ISealedIndex index, LedgerParameters parameters) : Actor
{
    /// <summary>How much longer than the longest expiry places are kept.</summary>
    public static readonly TimeSpan KeptBeyondExpiry = TimeSpan.FromMinutes(1);

    /// <summary>How long the place of a transfer of this ledger is kept: as long as the same one could be sent again.</summary>
    public static TimeSpan KeptFor(LedgerParameters parameters) => TimeSpan.FromMilliseconds(parameters.ExpiryAheadMs) + KeptBeyondExpiry;

    /// <summary>How long it waits before it tries to catch up again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private static readonly object RetryKey = "retry";

    /// <summary>Branches whose windows the index may lack.</summary>
    private readonly SortedSet<uint> _behind = [];

    /// <summary>The branches of this node.</summary>
    private readonly SortedSet<uint> _kept = [];

    /// <summary>By branch: the newest beat that it told as committed. What lies above in the journal is told later.</summary>
    private readonly ulong[] _told = new ulong[1 << parameters.Bands.DepthBits];
    private ulong _droppedAtMs;
    private uint? _reading;
    private bool _readAgain;
    private bool _readingFailed;
    private bool _isReady;

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ReplayedBlock replayed:
                CatchUp(replayed.Block);
                replayed.Release();
                break;
            case ReplayPaused paused when !_readingFailed:
                Context.Journal.Replay(paused.Stream, paused.After, Self);
                break;
            case ReplayPaused or ReplayCompleted:
                OnRead();
                break;
            case SealedPlacesKept kept:
                OnKept(kept);
                break;
            case ReplayFailed { Outcome: JournalOutcome.Unavailable }:
                _readingFailed = true;
                OnRead();
                break;
            case ReplayFailed failed:
                throw new JournalFailedException($"The places of {failed.Stream} cannot be read: {failed.Reason}", failed.Outcome);
            case ReadOn when _reading is null:
                ReadNext();
                break;
            case ReadOn:
                break;
            case IndexWindow window:
                Add(window);
                window.Release();
                break;
            case FindPlaces find:
                OnFindPlaces(find);
                break;
            case FindPlace find:
                OnFindPlace(find);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnKept(SealedPlacesKept kept)
    {
        SortedSet<uint> before = [.. _kept];
        _kept.Clear();
        _kept.UnionWith(kept.Branches);
        _behind.IntersectWith(_kept);
        foreach (uint branch in _kept)
        {
            if (!before.Contains(branch))
            {
                _behind.Add(branch);
                _told[branch] = kept.ToldThrough.Value;
            }
        }

        if (_reading is null)
        {
            ReadNext();
        }
    }

    private void ReadNext()
    {
        if (_behind.Count != 0)
        {
            _reading = _behind.Min;
            Read(_behind.Min);
            return;
        }

        _reading = null;
        if (_isReady)
        {
            return;
        }

        _isReady = true;
        foreach (uint branch in _kept)
        {
            if (_told[branch] == BeatNumber.Last.Value)
            {
                _told[branch] = index.CoversThrough(LedgerStreams.Branch(parameters.Ledger, branch));
            }
        }

        Context.Parent.Tell(PlacesReady.Instance, Self);
    }

    private void Read(uint branch)
    {
        _readAgain = false;
        _readingFailed = false;
        StreamId stream = LedgerStreams.Branch(parameters.Ledger, branch);
        Context.Journal.Replay(stream, ReplayPosition.AfterBeat(index.CoversThrough(stream)), Self);
    }

    private void OnRead()
    {
        uint branch = _reading!.Value;
        if (_readingFailed)
        {
            _reading = null;
            Context.Timers.Start(RetryKey, ReadOn.Instance, RetryAfter);
        }
        else if (_readAgain)
        {
            // A window came meanwhile: it may or may not have been read.
            Read(branch);
        }
        else
        {
            _behind.Remove(branch);
            ReadNext();
        }
    }

    private void CatchUp(JournalBlock block)
    {
        if (_readingFailed || block.Key.Kind != LedgerStreams.SealedBlock || !WindowBlock.TryRead(block.Body.Span, out WindowBlock header))
        {
            return;
        }

        if (header.Beat.Value > _told[header.Branch])
        {
            return;
        }

        Hash256[] ids = SealedTransferReader.LeafIds(block.Body.Span);
        _readingFailed = !TryAppend(header.Branch, header.Beat, header.Sequence, header.At, ids);
    }

    private void Add(IndexWindow window)
    {
        if (!_kept.Contains(window.Branch))
        {
            return;
        }

        _told[window.Branch] = Math.Max(_told[window.Branch], window.Beat.Value);
        if (_behind.Contains(window.Branch))
        {
            _readAgain |= _reading == window.Branch;
        }
        else if (TryAppend(window.Branch, window.Beat, window.Sequence, window.At, window.Ids.AsSpan(0, window.Count)))
        {
            DropOld(window.At);
        }
    }

    /// <summary>Takes a window into the index, unless it is there; false when the index could not, and is behind now.</summary>
    private bool TryAppend(uint branch, BeatNumber beat, TimeSequence sequence, Timestamp at, ReadOnlySpan<Hash256> ids)
    {
        try
        {
            StreamId stream = LedgerStreams.Branch(parameters.Ledger, branch);
            index.Append(stream, beat.Value, sequence.Value, at.UnixMs, MemoryMarshal.AsBytes(ids));
            return true;
        }
        catch (DiskFullException)
        {
            FallBehind([branch]);
        }
        catch (JournalCorruptException)
        {
            FallBehind(_kept);
        }

        return false;
    }

    private void FallBehind(IEnumerable<uint> branches)
    {
        _behind.UnionWith(branches);
        Context.Log.Warning($"The index of sealed transfers lacks windows of {_behind.Count} branches; it reads them again");
        Context.Timers.Start(RetryKey, ReadOn.Instance, RetryAfter);
    }

    private void OnFindPlaces(FindPlaces find)
    {
        if (_behind.Contains(find.Branch) || !_kept.Contains(find.Branch))
        {
            find.Release();
            return;
        }

        try
        {
            Sender.Tell(new PlacesFound(find.Batch, Answers(find)), Self);
        }
        catch (JournalCorruptException)
        {
            FallBehind(_kept);
            find.Release();
        }
        catch (IOException)
        {
            find.Release();
            throw;
        }
    }

    private void OnFindPlace(FindPlace find)
    {
        try
        {
            TransferPlace? place = Find(find);
            uint[] searched = [.. _kept.Except(_behind)];
            bool isCertain = place is not null || (find.Branch is { } branch ? searched.Contains(branch) : searched.Length == _told.Length);
            Sender.Tell(isCertain ? new PlaceFound(place) : new PlacesSearched(searched), Self);
        }
        catch (JournalCorruptException)
        {
            FallBehind(_kept);
            Sender.Tell(new PlacesSearched([]), Self);
        }
    }

    private void DropOld(Timestamp now)
    {
        var kept = (ulong)KeptFor(parameters).TotalMilliseconds;
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
        IEnumerable<uint> branches = find.Branch is { } one ? _kept.Where(branch => branch == one) : _kept;
        foreach (uint branch in branches)
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

    private sealed record ReadOn : IControlMessage
    {
        public static readonly ReadOn Instance = new();
    }
}
