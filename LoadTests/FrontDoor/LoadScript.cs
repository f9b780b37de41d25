using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>One batch of a load: what it does, and which turns of the senders it takes.</summary>
/// <param name="Kind">what it does</param>
/// <param name="FirstTurn">senders come in turn; this is the number of its first turn</param>
/// <param name="Turns">how many nonces it uses</param>
internal readonly record struct ScriptedBatch(StepKind Kind, long FirstTurn, int Turns);

/// <summary>What every batch of a load does, fixed before it begins: the same from the same scenario, for whoever makes and sends a part of it.</summary>
internal sealed class LoadScript
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    private readonly List<ScriptedBatch> _batches = [];

    public LoadScript(Scenario scenario)
    {
        WarmUpBatches = scenario.WarmUp == TimeSpan.Zero ? 0 : CountOf(WarmUpOf(scenario), scenario);
        int count = WarmUpBatches + CountOf(scenario.Load, scenario);
        var random = new SplitMix((ulong)scenario.Seed);
        long turn = 0;
        for (int number = 0; number < count; number++)
        {
            StepKind kind = scenario.Steps.Draw((int)random.Below(scenario.Steps.Sum));
            var batch = new ScriptedBatch(kind, turn, TurnsOf(kind, scenario));
            _batches.Add(batch);
            turn += batch.Turns;
        }

        TurnsMax = _batches.Count == 0 ? 1 : Math.Max(1, _batches.Max(batch => batch.Turns));
    }

    /// <summary>How many of the batches come first.</summary>
    public int WarmUpBatches { get; }

    public int Count => _batches.Count;

    /// <summary>Nonces that one batch uses, at the most.</summary>
    public int TurnsMax { get; }

    public ScriptedBatch this[int number] => _batches[number];

    /// <summary>The load before the load: at the rate with which it begins.</summary>
    public static IReadOnlyList<LoadSimulation> WarmUpOf(Scenario scenario) => scenario.HighestRate > 0
        ? [new LoadSimulation.Inject(scenario.HighestRate / 2, scenario.WarmUp)]
        : [new LoadSimulation.KeepConstant(1, scenario.WarmUp)];

    /// <summary>Reservations of a batch of holds; the rest posts and releases them.</summary>
    public static int ReservesOf(int batch) => (batch + 1) / 2;

    private static int TurnsOf(StepKind kind, Scenario scenario) => kind switch
    {
        StepKind.Pay => scenario.Batch,
        StepKind.Bundle => (scenario.Batch + scenario.BundleItems - 1) / scenario.BundleItems,
        StepKind.Hold => ReservesOf(scenario.Batch),
        _ => 0,
    };

    // Open simulations say how many batches they are; of the closed ones, a request is answered at a pulse, and so no copy sends more than one a cycle.
    private static int CountOf(IReadOnlyList<LoadSimulation> load, Scenario scenario)
    {
        var plan = new LoadPlan(load, scenario.Batch, scenario.Seed);
        long count = load.Sum(simulation => simulation switch
        {
            LoadSimulation.KeepConstant constant => constant.Copies * PulsesIn(constant.During, scenario),
            LoadSimulation.RampingConstant ramp => ramp.Copies * PulsesIn(ramp.During, scenario),
            _ => 0,
        });
        TimeSpan now = TimeSpan.Zero;
        for (LoadStep step = plan.Next(now, int.MaxValue, out TimeSpan due); step != LoadStep.End; step = plan.Next(now, int.MaxValue, out due))
        {
            now = step == LoadStep.SendAt ? due : now + s_glance;
            count += step == LoadStep.SendAt ? 1 : 0;
        }

        return checked((int)count);
    }

    private static long PulsesIn(TimeSpan time, Scenario scenario) => (long)Math.Ceiling(time / scenario.Cycle) + 2;
}
