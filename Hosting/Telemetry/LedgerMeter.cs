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
        }
    }

    public void Dispose() => _meter.Dispose();
}
