namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>The scenarios that the program knows by name.</summary>
internal static class BuiltInScenarios
{
    private const double Million = 1e6;

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
        new Scenario
        {
            Name = "soak",
            Description = "half the highest rate for half an hour",
            Load = [Inject(Million, 1_800)],
            ReportEvery = TimeSpan.FromSeconds(10),
            Thresholds = s_kept,
        },
    ];

    /// <summary>The one of that name; null when there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    private static Scenario Steady(string name, string description, ReceiverPattern receivers) => new()
    {
        Name = name,
        Description = description,
        Receivers = receivers,
        Load = [Inject(Million / 2, 20)],
        Thresholds = s_kept,
    };

    private static LoadSimulation.Inject Inject(double rate, int seconds) => new(rate, TimeSpan.FromSeconds(seconds));
}
