namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>The scenarios that the program knows by name.</summary>
internal static class BuiltInScenarios
{
    private const double Million = 1e6;
    private const double FrontDoorRateMax = 20_000;
    private const int FrontDoorPartiesMax = 10_000;
    private const int FrontDoorBatchMax = 500;

    private static readonly ThresholdRule[] s_kept =
    [
        new(Metric.Achieved, IsUpperBound: false, 99),
        new(Metric.Within, IsUpperBound: false, 99),
        new(Metric.Failed, IsUpperBound: true, 0),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Steady("uniform", "random accounts pay random accounts, 500,000 a second", ReceiverPattern.Uniform),
        Steady("zipf", "receivers skewed: the k-th is paid with a likelihood of 1 / k^1.1", ReceiverPattern.Zipf),
        Steady("hot-account", "all pay one account", ReceiverPattern.HotAccount),
        Steady("local", "everybody pays within the own branch", ReceiverPattern.Local),
        Steady("cross-branch", "everybody pays into another branch", ReceiverPattern.CrossBranch),
        new Scenario
        {
            Name = "spike",
            Description = "a tenth of a million a second, and ten times as many for ten seconds in between",
            Load = [Inject(Million / 10, 10), Inject(Million, 10), Inject(Million / 10, 20)],
            Thresholds = [new(Metric.Failed, IsUpperBound: true, 0), new(Metric.Achieved, IsUpperBound: false, 95)],
        },
        new Scenario
        {
            Name = "pulse-million",
            Description = "a million transfers in every pulse, 60 pulses, 10 million accounts",
            Parties = 10_000_000,
            WarmUp = TimeSpan.FromSeconds(10),
            Load = [Inject(Million, 62)],
            Thresholds =
            [
                new(Metric.Committed, IsUpperBound: false, 0.99 * Million),
                new(Metric.Busy, IsUpperBound: true, 75),
                .. s_kept,
            ],
        },
        new Scenario
        {
            Name = "max",
            Description = "as many as are answered: 300 batches under way at any time",
            Load = [new LoadSimulation.KeepConstant(300, TimeSpan.FromSeconds(30))],
            Thresholds = [new(Metric.Failed, IsUpperBound: true, 0)],
        },
        FrontDoor("bundles", "bundles of 100 through the front door, 300,000 transfers a second", new StepWeights(0, 1, 0, 0), 3 * Million / 10, 10_000) with { WarmUp = TimeSpan.FromSeconds(8) },
        FrontDoor("holds", "reservations, then posts and releases, through the front door", new StepWeights(0, 0, 1, 0), 10_000, 500),
        FrontDoor("inquiry", "account holders ask for their balances, beside a payment for every nine questions", new StepWeights(1, 0, 0, 9), 2_000, 100),
        FrontDoor("mixed", "payments, bundles, holds and inquiries", new StepWeights(60, 30, 5, 5), 20_000, 200),
        FrontDoor("failover", "payments to three nodes, of which one is killed in the middle", StepWeights.Payments, 5_000, 100) with
        {
            Load = [Inject(5_000, 30)],
            KillAfter = TimeSpan.FromSeconds(10),
            Thresholds = [new(Metric.Failed, IsUpperBound: true, 0), new(Metric.Gap, IsUpperBound: true, 5_000)],
        },
        new Scenario
        {
            Name = "soak",
            Description = "half the highest rate for half an hour, the journal compacted meanwhile",
            Load = [Inject(Million, 1_800)],
            ReportEvery = TimeSpan.FromSeconds(10),
            PulsesKept = 4,
            Thresholds =
            [
                .. s_kept,
                new(Metric.Journal, IsUpperBound: true, 10),
                new(Metric.MemoryGrowth, IsUpperBound: true, 5),
                new(Metric.LatencyGrowth, IsUpperBound: true, 10),
            ],
        },
    ];

    /// <summary>The one of that name; null when there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>
    /// A scenario that was made for a ledger in this process, as it goes through the front door, where every payment is signed and every party has a key: with fewer
    /// parties, smaller batches and a lower rate.
    /// </summary>
    public static Scenario ThroughFrontDoor(Scenario scenario) => scenario.NeedsFrontDoor
        ? scenario
        : (scenario with
        {
            Parties = Math.Min(scenario.Parties, FrontDoorPartiesMax),
            Batch = Math.Min(scenario.Batch, FrontDoorBatchMax),
            WarmUp = TimeSpan.FromSeconds(3),
            Thresholds = [.. scenario.Thresholds.Where(rule => rule.Metric != Metric.Committed && rule.Metric != Metric.Busy)],
        }).WithRate(Math.Min(scenario.HighestRate, FrontDoorRateMax));

    private static Scenario Steady(string name, string description, ReceiverPattern receivers) => new()
    {
        Name = name,
        Description = description,
        Receivers = receivers,
        Load = [Inject(Million / 2, 20)],
        Thresholds = s_kept,
    };

    private static Scenario FrontDoor(string name, string description, StepWeights steps, double rate, int batch) => new()
    {
        Name = name,
        Description = description,
        Steps = steps,
        Parties = FrontDoorPartiesMax,
        Batch = batch,
        WarmUp = TimeSpan.FromSeconds(3),
        Load = [Inject(rate, 20)],
        Thresholds = s_kept,
    };

    private static LoadSimulation.Inject Inject(double rate, int seconds) => new(rate, TimeSpan.FromSeconds(seconds));
}
