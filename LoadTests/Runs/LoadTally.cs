using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>A transfer of which a receipt will be asked.</summary>
internal sealed record SampledTransfer(Hash256 Id, AccountId Sender, AccountId Receiver, Amount Amount, TransferAnswer Answer);

/// <summary>
/// What a load sent and what was answered, counted; written by the generator and by whoever is told of answers, read while it runs.
/// </summary>
internal sealed class LoadTally
{
    private const int SamplesMax = 64;

    private readonly Lock _gate = new();
    private readonly LatencyHistogram _all = new();
    private readonly SortedDictionary<Outcome, long> _outcomes = [];
    private readonly List<SampledTransfer> _samples = [];
    private readonly Random _random;
    private readonly bool _samplesNewest;
    private readonly LatencyHistogram _interval = new();
    private long _scheduled;
    private long _sent;
    private long _late;
    private long _answered;
    private long _committed;
    private long _batches;
    private TallyPart _taken = new(0, 0, 0, [], new HistogramPart([], 0, 0));

    /// <param name="seed">of what is drawn</param>
    /// <param name="samplesNewest">whether the newest are sampled, rather than all with the same chance: for a ledger that forgets what is old</param>
    public LoadTally(int seed, bool samplesNewest = false)
    {
        _random = new Random(seed);
        _samplesNewest = samplesNewest;
    }

    /// <summary>Latencies of all that was committed, from when it was due.</summary>
    public LatencyHistogram Latencies => _all;

    /// <summary>Answers by outcome.</summary>
    public IReadOnlyDictionary<Outcome, long> Outcomes => _outcomes;

    /// <summary>Transfers drawn from among those committed, the same number of chances for every batch.</summary>
    public IReadOnlyList<SampledTransfer> Samples => _samples;

    /// <summary>A batch was due, and has been sent.</summary>
    /// <param name="isLate">it was sent more than a pulse cycle after it was due</param>
    public void NoteSent(int transfers, bool isLate)
    {
        lock (_gate)
        {
            _scheduled += transfers;
            _sent += transfers;
            _late += isLate ? transfers : 0;
        }
    }

    /// <summary>A batch was due, and was given up.</summary>
    public void NoteUnsent(int transfers)
    {
        lock (_gate)
        {
            _scheduled += transfers;
            _late += transfers;
        }
    }

    /// <summary>All of a batch is answered.</summary>
    public void NoteAnswered(TransferBatch batch, long due)
    {
        TimeSpan latency = Stopwatch.GetElapsedTime(due);
        lock (_gate)
        {
            int committed = 0;
            foreach (ref readonly TransferAnswer answer in batch.Answers)
            {
                if (answer.Outcome == Outcome.Committed)
                {
                    committed++;
                }
                else
                {
                    _outcomes[answer.Outcome] = _outcomes.GetValueOrDefault(answer.Outcome) + 1;
                }
            }

            _outcomes[Outcome.Committed] = _outcomes.GetValueOrDefault(Outcome.Committed) + committed;
            _answered += batch.Count;
            _committed += committed;
            if (committed != 0)
            {
                _all.Add(latency, committed);
                _interval.Add(latency, committed);
                Sample(batch);
            }
        }
    }

    /// <summary>So many transfers were answered alike.</summary>
    public void NoteAnswered(Outcome outcome, long transfers, TimeSpan latency)
    {
        lock (_gate)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + transfers;
            _answered += transfers;
            if (outcome == Outcome.Committed)
            {
                _committed += transfers;
                _all.Add(latency, transfers);
                _interval.Add(latency, transfers);
            }
        }
    }

    /// <summary>Answers by outcome so far, while it runs.</summary>
    public Dictionary<Outcome, long> OutcomesSoFar()
    {
        lock (_gate)
        {
            return new Dictionary<Outcome, long>(_outcomes);
        }
    }

    /// <summary>Adds what another tally counted.</summary>
    public void Add(TallyPart part)
    {
        lock (_gate)
        {
            _scheduled += part.Scheduled;
            _sent += part.Sent;
            _late += part.Late;
            foreach ((Outcome outcome, long transfers) in part.Outcomes)
            {
                _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + transfers;
                _answered += transfers;
                _committed += outcome == Outcome.Committed ? transfers : 0;
            }

            _all.Add(part.Latencies);
            _interval.Add(part.Latencies);
        }
    }

    /// <summary>What was counted since it was last asked for in parts; looks in between take their latencies away from it.</summary>
    public TallyPart TakePart()
    {
        lock (_gate)
        {
            var part = new TallyPart(
                _scheduled - _taken.Scheduled,
                _sent - _taken.Sent,
                _late - _taken.Late,
                _outcomes.Select(pair => (pair.Key, Value: pair.Value - _taken.Outcomes.GetValueOrDefault(pair.Key))).Where(pair => pair.Value != 0).ToDictionary(pair => pair.Key, pair => pair.Value),
                _interval.ToPart());
            _taken = new TallyPart(_scheduled, _sent, _late, new Dictionary<Outcome, long>(_outcomes), part.Latencies);
            _interval.Clear();
            return part;
        }
    }

    /// <summary>What was counted so far, and the latencies since the last look.</summary>
    public TallyLook Look()
    {
        lock (_gate)
        {
            var look = new TallyLook(_scheduled, _sent, _late, _answered, _committed, _interval.PercentileUs(0.5), _interval.PercentileUs(0.99));
            _interval.Clear();
            return look;
        }
    }

    // Reservoir sampling over batches: each has the same chance to give its one; or the newest, each in the place of an old one.
    private void Sample(TransferBatch batch)
    {
        _batches++;
        int place = _samples.Count < SamplesMax ? _samples.Count : _samplesNewest ? (int)(_batches % SamplesMax) : (int)_random.NextInt64(_batches);
        if (place >= SamplesMax)
        {
            return;
        }

        int number = _random.Next(batch.Count);
        if (batch.Answers[number].Outcome != Outcome.Committed)
        {
            return;
        }

        SampledTransfer sample = Of(batch, number);
        if (place == _samples.Count)
        {
            _samples.Add(sample);
        }
        else
        {
            _samples[place] = sample;
        }
    }

    private static unsafe SampledTransfer Of(TransferBatch batch, int number)
    {
        byte* frame = batch.Frames;
        for (int i = 0; i < number; i++)
        {
            frame += new TransferFrame(frame).LengthBytes;
        }

        ref readonly TransferBody body = ref new TransferFrame(frame).Body;
        return new SampledTransfer(batch.Ids[number], body.Sender, body.Receiver, body.Amount, batch.Answers[number]);
    }
}

/// <summary>What a tally had counted at a moment.</summary>
/// <param name="Scheduled">transfers that were due</param>
/// <param name="Sent">of those, sent</param>
/// <param name="Late">sent more than a pulse cycle late, or not at all</param>
/// <param name="Answered">of those sent, answered</param>
/// <param name="Committed">of those, committed</param>
/// <param name="P50Us">the latency that half of what was committed since the last look did not exceed, in us</param>
/// <param name="P99Us">and the one that 99 % did not</param>
internal sealed record TallyLook(long Scheduled, long Sent, long Late, long Answered, long Committed, long P50Us, long P99Us);
