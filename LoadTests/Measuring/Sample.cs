namespace LeitherCluster.LoadTests.Measuring;

/// <summary>
/// Repeated runs of the same number of operations on one thread. On a machine that others use too, the best run is the one
/// that was disturbed least; the median tells how much the others were.
/// </summary>
internal sealed class Sample
{
    private const double CalibrationSeconds = 0.002;
    private const double WarmUpSeconds = 0.15;

    private readonly double _operations;
    private readonly double[] _wallSeconds;
    private readonly double[] _processorSeconds;

    /// <summary>Takes runs of <paramref name="operations"/> operations each.</summary>
    public Sample(double operations, IReadOnlyCollection<RunTime> runs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count, nameof(runs));
        _operations = operations;
        _wallSeconds = [.. runs.Select(run => run.WallSeconds).Order()];
        _processorSeconds = [.. runs.Select(run => run.ProcessorSeconds).Order()];
    }

    public int Runs => _wallSeconds.Length;

    /// <summary>Operations a second in the best run, by the wall clock.</summary>
    public double BestPerSecond => _operations / _wallSeconds[0];

    /// <summary>Operations a second in the median run, by the wall clock.</summary>
    public double MedianPerSecond => _operations / _wallSeconds[Runs / 2];

    /// <summary>Nanoseconds an operation in the best run, by the wall clock.</summary>
    public double BestNanoseconds => 1e9 / BestPerSecond;

    /// <summary>Nanoseconds on a core an operation, in the run that needed least.</summary>
    public double ProcessorNanoseconds => 1e9 * _processorSeconds[0] / _operations;

    /// <summary>
    /// Runs <paramref name="batch"/>, which does <paramref name="operations"/> operations, warmed up and as often within a run as
    /// makes a couple of milliseconds, so that some runs fit between two interruptions.
    /// </summary>
    public static Sample OfBatches(double operations, int runs, Action batch)
    {
        double warm = 0;
        while (warm < WarmUpSeconds)
        {
            warm += RunTime.Of(batch).WallSeconds;
        }

        int batches = 1;
        while (RunTime.Of(() => Repeat(batch, batches)).ProcessorSeconds < CalibrationSeconds)
        {
            batches *= 2;
        }

        var times = new RunTime[runs];
        for (int run = 0; run < runs; run++)
        {
            times[run] = RunTime.Of(() => Repeat(batch, batches));
        }

        return new Sample(operations * batches, times);
    }

    private static void Repeat(Action batch, int times)
    {
        for (int time = 0; time < times; time++)
        {
            batch();
        }
    }
}
