namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>What a generator does next.</summary>
internal enum LoadStep
{
    /// <summary>Send a batch at the time given.</summary>
    SendAt,

    /// <summary>As many are under way as may be: look again soon.</summary>
    Wait,

    /// <summary>The load is over.</summary>
    End,
}

/// <summary>
/// Turns load simulations into the times at which batches are due, all counted from the start of the load. What is due does not depend on what has
/// been answered, but for the closed simulations, which ask how many are under way.
/// </summary>
internal sealed class LoadPlan
{
    private readonly IReadOnlyList<LoadSimulation> _simulations;
    private readonly int _batch;
    private readonly Random _random;
    private int _index;
    private double _start;
    private double _sent;
    private double _drawnOffset;
    private double _rateBefore;
    private int _copiesBefore;
    private double _drawnRate;
    private double _drawnFor = -1;

    /// <param name="simulations">one after the other</param>
    /// <param name="batch">transfers that are sent at a time</param>
    /// <param name="seed">of the random rates</param>
    public LoadPlan(IReadOnlyList<LoadSimulation> simulations, int batch, int seed)
    {
        _simulations = simulations;
        _batch = batch;
        _random = new Random(seed);
    }

    /// <summary>How long the load lasts; for iterations, as long as they take at their rate.</summary>
    public static TimeSpan LengthOf(IEnumerable<LoadSimulation> simulations) =>
        simulations.Aggregate(TimeSpan.Zero, (sum, simulation) => sum + LengthOf(simulation));

    /// <summary>The next step.</summary>
    /// <param name="now">time since the start of the load</param>
    /// <param name="underWay">requests that have no answer yet</param>
    /// <param name="due">when to send, from the start of the load</param>
    public LoadStep Next(TimeSpan now, int underWay, out TimeSpan due)
    {
        due = default;
        while (_index < _simulations.Count)
        {
            LoadSimulation simulation = _simulations[_index];
            double end = _start + LengthOf(simulation).TotalSeconds;
            if (CopiesAt(simulation, now.TotalSeconds) is { } copies)
            {
                if (now.TotalSeconds < end)
                {
                    due = now;
                    return now.TotalSeconds >= _start && underWay < copies ? LoadStep.SendAt : LoadStep.Wait;
                }

                Advance(simulation, end);
                continue;
            }

            if (OffsetOfNext(simulation) is not { } offset || _start + offset >= end)
            {
                Advance(simulation, end);
                continue;
            }

            due = TimeSpan.FromSeconds(_start + offset);
            _sent += _batch;
            return LoadStep.SendAt;
        }

        return LoadStep.End;
    }

    private static TimeSpan LengthOf(LoadSimulation simulation) => simulation switch
    {
        LoadSimulation.Inject inject => inject.During,
        LoadSimulation.InjectRandom random => random.During,
        LoadSimulation.RampingInject ramp => ramp.During,
        LoadSimulation.IterationsForInject iterations => TimeSpan.FromSeconds(iterations.Iterations / iterations.Rate),
        LoadSimulation.KeepConstant constant => constant.During,
        LoadSimulation.RampingConstant ramp => ramp.During,
        LoadSimulation.Pause pause => pause.During,
        _ => throw new InvalidOperationException($"{simulation} is no simulation that is known"),
    };

    // When the next batch is due, in seconds from the start of its simulation; null when there is no further one.
    private double? OffsetOfNext(LoadSimulation simulation)
    {
        switch (simulation)
        {
            case LoadSimulation.Inject inject:
                return _sent / inject.Rate;
            case LoadSimulation.IterationsForInject iterations:
                return _sent < iterations.Iterations ? _sent / iterations.Rate : null;
            case LoadSimulation.RampingInject ramp:
                return OffsetOnRamp(_rateBefore, ramp.Rate, ramp.During.TotalSeconds, _sent);
            case LoadSimulation.InjectRandom random:
                double offset = _drawnOffset;
                _drawnOffset += _batch / Drawn(random, offset);
                return offset;
            default:
                return null;
        }
    }

    // from t + (to - from) t^2 / (2 during) transfers are due by t: solved for t.
    private static double? OffsetOnRamp(double from, double to, double during, double sent)
    {
        double slope = (to - from) / (2 * during);
        if (slope == 0)
        {
            return sent / from;
        }

        double root = (from * from) + (4 * slope * sent);
        return root < 0 ? null : (Math.Sqrt(root) - from) / (2 * slope);
    }

    private int? CopiesAt(LoadSimulation simulation, double at) => simulation switch
    {
        LoadSimulation.KeepConstant constant => constant.Copies,
        LoadSimulation.RampingConstant ramp => _copiesBefore + (int)((ramp.Copies - _copiesBefore) * Part(at, ramp.During)),
        LoadSimulation.Pause => 0,
        _ => null,
    };

    private double Part(double at, TimeSpan during) => Math.Clamp((at - _start) / during.TotalSeconds, 0, 1);

    private double Drawn(LoadSimulation.InjectRandom random, double offset)
    {
        double second = Math.Floor(offset);
        if (second > _drawnFor)
        {
            _drawnFor = second;
            _drawnRate = random.MinRate + ((random.MaxRate - random.MinRate) * _random.NextDouble());
        }

        return _drawnRate;
    }

    private void Advance(LoadSimulation ended, double end)
    {
        _rateBefore = ended switch
        {
            LoadSimulation.Inject inject => inject.Rate,
            LoadSimulation.RampingInject ramp => ramp.Rate,
            LoadSimulation.InjectRandom => _drawnRate,
            LoadSimulation.IterationsForInject iterations => iterations.Rate,
            _ => 0,
        };
        _copiesBefore = ended switch
        {
            LoadSimulation.KeepConstant constant => constant.Copies,
            LoadSimulation.RampingConstant ramp => ramp.Copies,
            _ => 0,
        };
        _index++;
        _start = end;
        _sent = 0;
        _drawnOffset = 0;
        _drawnFor = -1;
    }
}
