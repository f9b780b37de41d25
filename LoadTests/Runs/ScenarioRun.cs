using System.Diagnostics;
using LeitherCluster.Actors;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Runs a scenario on a ledger in this process: makes it, funds the parties, warms up, loads, audits.</summary>
internal sealed class ScenarioRun : IDisposable
{
    private const double PulsesUnderWay = 3;
    private const long FramesUnderWayMax = 20_000_000;

    private static readonly TimeSpan s_fundingCycle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_drainPatience = TimeSpan.FromSeconds(60);

    private readonly Scenario _scenario;
    private readonly RunProgress _progress;
    private readonly TemporaryFolder _folder;
    private readonly JournalPlace _place;
    private readonly SampledPlaces _places = new();
    private readonly LoadTally _warmUp;
    private readonly LoadTally _tally;

    /// <param name="scenario">what is run</param>
    /// <param name="under">a folder under which the ledger's is made, and removed again; null: the system's temporary one</param>
    /// <param name="progress">is told how it goes</param>
    public ScenarioRun(Scenario scenario, string? under, RunProgress progress)
    {
        _scenario = scenario;
        _progress = progress;
        _folder = new TemporaryFolder(under);
        _place = scenario.Journal == JournalKind.Files ? JournalPlace.InFiles(_folder.Path) : JournalPlace.InDatabase(_folder.Path);
        _warmUp = new LoadTally(scenario.Seed);
        _tally = new LoadTally(scenario.Seed, samplesNewest: scenario.PulsesKept is not null);
    }

    /// <summary>Runs it. What goes wrong in the middle of the load ends the load; the report says so.</summary>
    /// <param name="session">a name for the run</param>
    /// <param name="command">the command that asked for it</param>
    /// <param name="cancel">ends the load early</param>
    /// <exception cref="ScenarioException">The load does not fit the parties.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted before the load began.</exception>
    public async Task<RunReport> RunAsync(string session, string command, CancellationToken cancel)
    {
        Machine machine = Machine.Current();
        int batches = BatchesUnderWay();
        _progress.Say($"{Figure.Count(_scenario.Parties)} parties are made and funded");
        var parties = new Population(_scenario.Parties);
        long funded = Fund(parties);
        _progress.Say($"{Figure.Count((long)batches * _scenario.Batch)} payments are prepared");
        var receivers = Receivers.Of(_scenario, parties.Ids, LedgerInProcess.Parameters.Bands.DepthBits);
        var traffic = new Traffic(parties, _scenario.Batch, batches, receivers.Next, _scenario.Seed);
        var audit = new RunAudit();
        JournalAudit? before = _scenario.PulsesKept is null ? null : JournalAudit.Run(_place);
        TrafficBooks? books = before is null ? null : new TrafficBooks(traffic);
        RunMeasurement measurement;
        cancel.ThrowIfCancellationRequested();
        using (var ledger = LedgerInProcess.Open(_place, _scenario.Cycle, Configure))
        {
            WarmUp(ledger, traffic, books);
            cancel.ThrowIfCancellationRequested();
            using var observed = new ObservedInProcess(ledger);
            measurement = Load(observed, ledger, traffic, books, cancel);
            audit.CheckAnswers("warm-up", _warmUp);
            audit.CheckAnswers("load", _tally);
            _progress.Say("receipts are checked");
            await audit.CheckReceiptsAsync(ledger, _places, _tally, observed.BySequence, _scenario.PulsesKept).ConfigureAwait(false);
        }

        _progress.Say("the journal is audited");
        if (before is not null)
        {
            audit.CheckCompacted(_place, before, books!);
        }
        else
        {
            audit.CheckJournal(_place, funded, _warmUp.Look().Committed + _tally.Look().Committed);
        }

        return measurement.Report($"a ledger in this process, its journal {_place.Name}", _tally, session, command, machine, audit.Result);
    }

    public void Dispose()
    {
        _place.Dispose();
        _folder.Dispose();
    }

    private long Fund(Population parties)
    {
        using var ledger = LedgerInProcess.Open(_place, s_fundingCycle);
        Funding.Run(ledger, parties.Ids);
        return parties.Count;
    }

    private LedgerOptions Configure(LedgerOptions options) => _scenario.PulsesKept is { } kept
        ? options with { Places = _places, PulsesRetained = (ulong)kept, PulsesPerSnapshot = Math.Min(kept, options.PulsesPerSnapshot), PulsesPerCompaction = Math.Min(kept, options.PulsesPerCompaction) }
        : options with { Places = _places };

    private void WarmUp(LedgerInProcess ledger, Traffic traffic, TrafficBooks? books)
    {
        if (_scenario.WarmUp == TimeSpan.Zero)
        {
            return;
        }

        _progress.Say($"warming up for {TimeText.Format(_scenario.WarmUp)}");
        var plan = new LoadPlan([new LoadSimulation.KeepConstant(traffic.Batches.Length, _scenario.WarmUp)], _scenario.Batch, _scenario.Seed);
        using var generator = new LoadGenerator(ledger, traffic, plan, _warmUp, _scenario.Cycle, books);
        generator.Drain(s_drainPatience);
    }

    private RunMeasurement Load(ObservedInProcess observed, LedgerInProcess ledger, Traffic traffic, TrafficBooks? books, CancellationToken cancel)
    {
        var measurement = new RunMeasurement(observed, _scenario);
        var plan = new LoadPlan(_scenario.Load, _scenario.Batch, _scenario.Seed);
        using var generator = new LoadGenerator(ledger, traffic, plan, _tally, _scenario.Cycle, books);
        long next = Stopwatch.GetTimestamp();
        while (!generator.HasEnded && measurement.Stopped is null)
        {
            next += (long)(_scenario.ReportEvery.TotalSeconds * Stopwatch.Frequency);
            Schedule.WaitUntil(next, () => generator.HasEnded, cancel);
            if (measurement.HasWholeInterval)
            {
                _progress.Show(measurement.NoteInterval(_tally, generator.ProcessorSeconds));
            }

            measurement.StopIf(cancel.IsCancellationRequested, "it was interrupted");
        }

        generator.Stop();
        measurement.NoteLoadEnd(generator.ProcessorSeconds);
        bool drained = generator.Drain(s_drainPatience);
        measurement.StopIf(generator.Failure is not null, $"the load failed: {generator.Failure?.Message}");
        measurement.StopIf(!drained, $"not everything was answered within {TimeText.Format(s_drainPatience)}");
        measurement.NoteDrained(_tally);
        return measurement;
    }

    /// <summary>How many batches there must be, so that one is free whenever one is due, as long as pulses keep their time.</summary>
    private int BatchesUnderWay()
    {
        double frames = _scenario.Load.Max(simulation => simulation switch
        {
            LoadSimulation.KeepConstant constant => (double)constant.Copies * _scenario.Batch,
            LoadSimulation.RampingConstant ramp => (double)ramp.Copies * _scenario.Batch,
            LoadSimulation.Inject inject => InPulses(inject.Rate),
            LoadSimulation.InjectRandom random => InPulses(random.MaxRate),
            LoadSimulation.RampingInject ramp => InPulses(ramp.Rate),
            LoadSimulation.IterationsForInject iterations => InPulses(iterations.Rate),
            _ => _scenario.Batch,
        });
        long most = Math.Min(FramesUnderWayMax, (long)_scenario.Parties * Traffic.PaymentsPerPartyMax);
        return frames <= most
            ? (int)Math.Ceiling(frames / _scenario.Batch) + 1
            : throw new ScenarioException(
                $"{_scenario.Name}: the load has {Figure.Count((long)frames)} transfers under way; {Figure.Count(_scenario.Parties)} parties may have {Figure.Count(most)}. "
                + "Have more parties, a lower rate, fewer copies or a shorter cycle.");
    }

    private double InPulses(double rate) => Math.Max(_scenario.Batch, PulsesUnderWay * rate * _scenario.Cycle.TotalSeconds);
}
