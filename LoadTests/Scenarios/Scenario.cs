namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>Whom a transfer goes to.</summary>
internal enum ReceiverPattern
{
    /// <summary>Anybody, each as likely.</summary>
    Uniform = 0,

    /// <summary>The k-th party with a likelihood of 1 / k^skew.</summary>
    Zipf = 1,

    /// <summary>All pay one.</summary>
    HotAccount = 2,

    /// <summary>Somebody of the sender's own branch.</summary>
    Local = 3,

    /// <summary>Somebody of another branch.</summary>
    CrossBranch = 4,
}

/// <summary>Where the ledger of a run keeps its journal.</summary>
internal enum JournalKind
{
    /// <summary>Synced files.</summary>
    Files = 0,

    /// <summary>A PostgreSQL server of the run's own, on the same machine.</summary>
    Postgres = 1,
}

/// <summary>What a run does: who pays whom, how much load there is, and what must hold.</summary>
internal sealed record Scenario
{
    public const int BatchMax = 65_536;

    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whom transfers go to.</summary>
    public ReceiverPattern Receivers { get; init; }

    /// <summary>The skew of <see cref="ReceiverPattern.Zipf"/>.</summary>
    public double Skew { get; init; } = 1.1;

    /// <summary>How many accounts there are.</summary>
    public int Parties { get; init; } = 1_000_000;

    /// <summary>Transfers in a batch, which is sent and answered as one.</summary>
    public int Batch { get; init; } = 10_000;

    /// <summary>The ledger's pulse cycle.</summary>
    public TimeSpan Cycle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the journal is.</summary>
    public JournalKind Journal { get; init; }

    /// <summary>The load as fast as it goes for so long, before anything is measured.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The load, one simulation after the other.</summary>
    public required IReadOnlyList<LoadSimulation> Load { get; init; }

    /// <summary>What must hold for the run to pass.</summary>
    public IReadOnlyList<ThresholdRule> Thresholds { get; init; } = [];

    /// <summary>How often a line of figures is shown, and thresholds are looked at.</summary>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// What only older pulses than so many need is compacted away, and snapshots are taken as often, in this process; null: the journal is kept whole.
    /// </summary>
    public int? PulsesKept { get; init; }

    /// <summary>What watches along and adds tables to the report: disk, network.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>What a batch is: weights of the kinds among which each is drawn.</summary>
    public StepWeights Steps { get; init; } = StepWeights.Payments;

    /// <summary>Transfers in a bundle.</summary>
    public int BundleItems { get; init; } = 100;

    /// <summary>When, counted from the start of the load, a node of the development network is killed; null: never.</summary>
    public TimeSpan? KillAfter { get; init; }

    /// <summary>Whether it goes through the front door even where nothing says so: what it does cannot be done inside the process.</summary>
    public bool NeedsFrontDoor => Steps != StepWeights.Payments || KillAfter is not null;
}
