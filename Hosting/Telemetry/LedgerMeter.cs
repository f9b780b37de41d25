using System.Diagnostics.Metrics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>
/// What a node measures of its ledger: meter <c>LeitherCluster</c>. Counts come from the ledger's status when somebody asks; only
/// batches and pulses are recorded as they happen, never single transfers.
/// </summary>
public sealed class LedgerMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "LeitherCluster";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _answers;
    private readonly Histogram<int> _batchTransfers;
    private readonly Histogram<double> _pulseDuration;
    private readonly Histogram<double> _pulsePhase;
    private readonly Histogram<double> _journalLatency;
    private readonly Histogram<int> _pulseTransfers;
    private readonly KeyValuePair<string, object?>[] _outcomeTags;

    public LedgerMeter(ILedgerGateway gateway)
    {
        _answers = _meter.CreateCounter<long>("leither.answers", description: "Transfers answered on the API, by outcome.");
        _batchTransfers = _meter.CreateHistogram(
            "leither.batch.transfers",
            description: "Frames in a batch on the API.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10, 100, 1_000, 10_000, 100_000] });
        _pulseDuration = _meter.CreateHistogram(
            "leither.pulse.duration",
            unit: "s",
            description: "From a beat to its commit, of beats that changed something.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });
        _pulsePhase = _meter.CreateHistogram(
            "leither.pulse.phase",
            unit: "s",
            description: "From a beat to the end of a step, of beats that changed something: sealed, durable (the journal has it), credited, committed.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });
        _journalLatency = _meter.CreateHistogram(
            "leither.journal.latency",
            unit: "s",
            description: "From the seals of a beat to their being durable.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });
        _pulseTransfers = _meter.CreateHistogram(
            "leither.pulse.transfers",
            description: "Transfers that took effect in a pulse.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] });
        _outcomeTags = [.. Enumerable.Range(0, (int)Outcome.Busy + 1).Select(number =>
            new KeyValuePair<string, object?>("outcome", OutcomeTexts.NameOf((Outcome)number)))];

        _meter.CreateObservableCounter("leither.transfers.committed", () => gateway.Status.TransfersCommitted, description: "Transfers committed since the start.");
        _meter.CreateObservableCounter("leither.transfers.refused", () => gateway.Status.TransfersRefused, description: "Transfers refused since the start.");
        _meter.CreateObservableGauge("leither.transfers.pending", () => gateway.Status.TransfersPending, description: "Transfers accepted and not yet committed.");
        _meter.CreateObservableCounter("leither.beats.skipped", () => gateway.Status.BeatsSkipped, description: "Ticks that came while a pulse was open.");
        _meter.CreateObservableCounter("leither.signatures.verified", () => gateway.Status.SignaturesVerified, description: "Signatures verified by this node's ingresses.");
        _meter.CreateObservableCounter("leither.signatures.rounds", () => gateway.Status.VerifyingRounds, description: "Rounds in which they were verified, many at a time under load.");
        _meter.CreateObservableCounter(
            "leither.signatures.wasted", () => gateway.Status.SignatureWorkWasted, description: "What bad signatures cost on top, in parts that a signature has in a batch.");
        _meter.CreateObservableCounter("leither.transfers.held.off", () => gateway.Status.HeldOff, description: "Transfers answered busy because their source sent too many bad signatures.");
        _meter.CreateObservableGauge("leither.accounts", () => gateway.Status.Accounts, description: "Accounts in the ledger.");
        _meter.CreateObservableGauge("leither.journal.size", () => gateway.Status.JournalBytes, unit: "By", description: "Bytes of journal kept.");
        _meter.CreateObservableGauge("leither.snapshots", () => gateway.Status.SnapshotCount, description: "Snapshots kept.");
        _meter.CreateObservableGauge("leither.sequence", () => (long)(gateway.Status.LastPulse?.Sequence.Value ?? 0), description: "The newest time sequence.");
        _meter.CreateObservableGauge(
            "leither.state",
            () => Enum.GetValues<LedgerState>().Select(state => new Measurement<int>(
                gateway.Status.State == state ? 1 : 0,
                new KeyValuePair<string, object?>("state", ContractMapper.NameOf(state)))),
            description: "1 for the state that the ledger is in.");
    }

    /// <summary>Whether this is the meter itself, not that of another ledger in the same process.</summary>
    public bool Is(Meter meter) => ReferenceEquals(meter, _meter);

    /// <summary>Counts a batch that was answered.</summary>
    public void NoteAnswers(ReadOnlySpan<TransferAnswer> answers)
    {
        _batchTransfers.Record(answers.Length);
        Span<int> counts = stackalloc int[(int)Outcome.Busy + 1];
        counts.Clear();
        foreach (ref readonly TransferAnswer answer in answers)
        {
            counts[(int)answer.Outcome]++;
        }

        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                _answers.Add(counts[i], _outcomeTags[i]);
            }
        }
    }

    /// <summary>Records a pulse.</summary>
    public void NotePulse(PulseSummary pulse)
    {
        if (pulse.Changed)
        {
            _pulseDuration.Record(pulse.CommittedUs / 1e6);
            _pulseTransfers.Record(pulse.Transfers);
            NotePhase("sealed", pulse.SealedUs);
            NotePhase("durable", pulse.DurableUs);
            NotePhase("credited", pulse.CreditedUs);
            NotePhase("committed", pulse.CommittedUs);
            _journalLatency.Record(Math.Max(0, pulse.DurableUs - pulse.SealedUs) / 1e6);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void NotePhase(string phase, long us) => _pulsePhase.Record(us / 1e6, new KeyValuePair<string, object?>("phase", phase));
}
