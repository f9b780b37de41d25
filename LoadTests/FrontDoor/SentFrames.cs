using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Runs;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>What became of what was sent: counts for the report, books and samples for the audit. Thread-safe.</summary>
internal sealed class SentFrames(LoadTally tally, AccountId[] parties, ulong amountUnits, int seed)
{
    private const int SamplesMax = 32;

    private readonly Lock _gate = new();
    private readonly PlainBooks _books = new(parties) { ReleasedUnits = amountUnits };
    private readonly Dictionary<ulong, long> _bySequence = [];
    private readonly List<SampledTransfer> _samples = [];
    private readonly Random _random = new(seed);
    private long _seen;

    public LoadTally Tally { get; } = tally;

    /// <summary>What was committed, booked by plain additions. To be read when nothing is under way any more.</summary>
    public PlainBooks Books => _books;

    /// <summary>Transfers drawn from among those committed. To be read when nothing is under way any more.</summary>
    public IReadOnlyList<SampledTransfer> Samples => _samples;

    /// <summary>Transfers that were answered as committed in a pulse.</summary>
    public long CommittedIn(ulong sequence)
    {
        lock (_gate)
        {
            return _bySequence.GetValueOrDefault(sequence);
        }
    }

    /// <summary>Transfers by pulse, so far.</summary>
    public Dictionary<ulong, long> BySequence()
    {
        lock (_gate)
        {
            return new Dictionary<ulong, long>(_bySequence);
        }
    }

    /// <summary>Adds what another generator counted by pulse.</summary>
    public void AddBySequence(IReadOnlyDictionary<ulong, long> more)
    {
        lock (_gate)
        {
            foreach ((ulong sequence, long transfers) in more)
            {
                _bySequence[sequence] = _bySequence.GetValueOrDefault(sequence) + transfers;
            }
        }
    }

    /// <summary>Adds samples of another generator.</summary>
    public void AddSamples(IEnumerable<SampledTransfer> more) => _samples.AddRange(more);

    /// <summary>Takes down the answers to frames.</summary>
    /// <param name="frames">one behind the other</param>
    /// <param name="answers">of each</param>
    /// <param name="latency">from when they were due</param>
    public void Note(ReadOnlySpan<byte> frames, ReadOnlySpan<TransferAnswer> answers, TimeSpan latency)
    {
        lock (_gate)
        {
            _books.Book(frames, answers);
            foreach (TransferAnswer answer in answers)
            {
                var frame = new TransferFrame(frames);
                int transfers = FrameLayout.IsBundle(frame.Kind) ? frame.Body.ItemNumber : 1;
                Tally.NoteAnswered(answer.Outcome, transfers, latency);
                if (answer.Outcome == Outcome.Committed)
                {
                    _bySequence[answer.Sequence.Value] = _bySequence.GetValueOrDefault(answer.Sequence.Value) + transfers;
                    Sample(frame, answer);
                }

                frames = frames[frame.LengthBytes..];
            }
        }
    }

    // Reservoir sampling over frames; of a bundle, its first item.
    private void Sample(in TransferFrame frame, in TransferAnswer answer)
    {
        _seen++;
        int place = _samples.Count < SamplesMax ? _samples.Count : (int)_random.NextInt64(_seen);
        if (place >= SamplesMax)
        {
            return;
        }

        SampledTransfer sample = SampleOf(frame, answer);
        if (place == _samples.Count)
        {
            _samples.Add(sample);
        }
        else
        {
            _samples[place] = sample;
        }
    }

    private static SampledTransfer SampleOf(in TransferFrame frame, in TransferAnswer answer)
    {
        Ledger.Hashing.Hash256 id = TransferIds.Compute(frame);
        ref readonly TransferBody body = ref frame.Body;
        if (!FrameLayout.IsBundle(body.Kind))
        {
            return new SampledTransfer(id, body.Sender, body.Receiver, body.Amount, answer);
        }

        BundleItem item = frame.Items.GetEnumerator() is var items && items.MoveNext() ? items.Current : throw new InvalidOperationException("A bundle has an item.");
        return new SampledTransfer(TransferIds.ComputeItem(id, 0), body.Sender, item.Receiver, item.Amount, answer);
    }
}
