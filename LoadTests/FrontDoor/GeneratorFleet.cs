using System.Diagnostics;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>
/// Several generator processes that send one load together: begun at one instant, counted in one tally, their histograms added up bucket by bucket. One that ends
/// before its load is done is a failure of the load.
/// </summary>
internal sealed class GeneratorFleet : IDisposable
{
    private static readonly TimeSpan s_lead = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_doneAfterGivingUp = TimeSpan.FromSeconds(20);

    private readonly GeneratorProcess[] _processes;
    private readonly Lock _gate = new();
    private SentFrames? _sent;

    private GeneratorFleet(IReadOnlyList<GeneratorWork> works) => _processes = [.. works.Select(work => new GeneratorProcess(work, Hear))];

    /// <summary>Attempts that failed and were made again, in all of them.</summary>
    public long Retries => _processes.Sum(process => process.Retries);

    private TimeSpan ProcessorTime => TimeSpan.FromSeconds(_processes.Sum(process => process.ProcessorSeconds)) + Environment.CpuUsage.TotalTime;

    private string? Failure => _processes.Select(process => process.Death).FirstOrDefault(death => death is not null) ?? _processes.Select(process => process.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>Starts the processes, and returns when all are ready.</summary>
    /// <param name="work">of the first; the others differ in their index</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="ScenarioException">One ended instead.</exception>
    public static async Task<GeneratorFleet> StartAsync(GeneratorWork work, CancellationToken cancel)
    {
        var fleet = new GeneratorFleet([.. Enumerable.Range(0, work.Count).Select(index => work with { Index = index })]);
        try
        {
            await Task.WhenAll(fleet._processes.Select(process => process.Ready)).WaitAsync(cancel).ConfigureAwait(false);
            return fleet;
        }
        catch
        {
            fleet.Dispose();
            throw;
        }
    }

    /// <summary>Begins a load, which counts in this tally. The one before must be drained.</summary>
    /// <param name="simulations">when batches are due</param>
    /// <param name="firstBatch">the first batch</param>
    /// <param name="endBatch">after the last</param>
    /// <param name="underWayMax">requests under way, of all together</param>
    /// <param name="sent">takes down what becomes of it</param>
    public ILoadGenerator Load(IReadOnlyList<LoadSimulation> simulations, int firstBatch, int endBatch, int underWayMax, SentFrames sent)
    {
        lock (_gate)
        {
            _sent = sent;
        }

        long start = Stopwatch.GetTimestamp() + (long)(s_lead.TotalSeconds * Stopwatch.Frequency);
        for (int index = 0; index < _processes.Length; index++)
        {
            _processes[index].Order(new GeneratorOrder(
                GeneratorTask.Load, ShareOf(simulations, index, _processes.Length), firstBatch, endBatch, Math.Max(1, underWayMax / _processes.Length), start));
        }

        return new FleetLoad(this);
    }

    /// <summary>Of closed simulations each generator keeps its part under way; the open ones are shared out batch by batch.</summary>
    public static IReadOnlyList<LoadSimulation> ShareOf(IReadOnlyList<LoadSimulation> simulations, int index, int count)
    {
        return [.. simulations.Select(simulation => simulation switch
        {
            LoadSimulation.KeepConstant constant => constant with { Copies = Part(constant.Copies) },
            LoadSimulation.RampingConstant ramp => ramp with { Copies = Part(ramp.Copies) },
            _ => simulation,
        })];

        int Part(int copies) => (copies / count) + (index < copies % count ? 1 : 0);
    }

    public void Dispose()
    {
        foreach (GeneratorProcess process in _processes)
        {
            process.Dispose();
        }
    }

    private void Hear(GeneratorProcess process, GeneratorSaid said)
    {
        lock (_gate)
        {
            if (_sent is not { } sent || said.Counted is not { } counted)
            {
                return;
            }

            sent.Tally.Add(counted);
            sent.AddBySequence(said.BySequence ?? []);
            if (said.State == GeneratorState.Done)
            {
                sent.Books.Add(said.Changes ?? [], said.Held ?? []);
                sent.AddSamples(GeneratorProtocol.Unpack(said.Samples ?? []));
            }
        }
    }

    private bool AllHave(GeneratorState state) => _processes.All(process => process.Death is not null || process.State >= state);

    private void Order(GeneratorTask task)
    {
        foreach (GeneratorProcess process in _processes.Where(process => process.Death is null && process.State < GeneratorState.Done))
        {
            process.Order(new GeneratorOrder(task));
        }
    }

    /// <summary>One load of the fleet.</summary>
    private sealed class FleetLoad(GeneratorFleet fleet) : ILoadGenerator
    {
        private bool _isDrained;

        public bool HasEnded => Failure is not null || fleet.AllHave(GeneratorState.Ended);

        public string? Failure => fleet.Failure;

        public TimeSpan ProcessorTime => fleet.ProcessorTime;

        public void Stop() => fleet.Order(GeneratorTask.Stop);

        public bool Drain(TimeSpan patience)
        {
            bool drained = WaitForDone(patience);
            if (!drained)
            {
                fleet.Order(GeneratorTask.GiveUp);
                WaitForDone(s_doneAfterGivingUp);
            }

            _isDrained = true;
            return drained;
        }

        public void Dispose()
        {
            if (!_isDrained)
            {
                Stop();
                Drain(TimeSpan.Zero);
            }
        }

        private bool WaitForDone(TimeSpan patience)
        {
            long start = Stopwatch.GetTimestamp();
            while (!fleet.AllHave(GeneratorState.Done))
            {
                if (Stopwatch.GetElapsedTime(start) > patience)
                {
                    return false;
                }

                Thread.Sleep(s_glance);
            }

            return true;
        }
    }
}
