using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Groups;

/// <summary>The runs that <c>bench scenarios</c> makes, at the size that was asked for.</summary>
/// <param name="Accounts">of the large ledger</param>
/// <param name="Parties">of the ledgers on which patterns of payment are compared</param>
/// <param name="Pulses">of a million that are measured</param>
/// <param name="Seconds">for which every other run is measured</param>
internal sealed record ScenarioSet(int Accounts, int Parties, int Pulses, int Seconds)
{
    public const int SteadyPercent = 80;

    private const int PaymentsPerParty = 25;
    private const int CopiesMost = 500;
    private const int BatchFrames = 10_000;
    private const int CopiesInShortCycles = 200;
    private const double ShortCycleSeconds = 0.25;

    /// <summary>The shorter of the two cycles.</summary>
    public static TimeSpan ShortCycle { get; } = TimeSpan.FromSeconds(ShortCycleSeconds);

    /// <summary>A million in every pulse.</summary>
    public Scenario PulseMillion => BuiltInScenarios.Find("pulse-million")! with
    {
        Parties = Accounts,
        Load = [new LoadSimulation.Inject(1e6, TimeSpan.FromSeconds(Pulses + 2))],
    };

    /// <summary>As many as are answered, on the large ledger.</summary>
    public Scenario Highest(JournalKind journal, TimeSpan cycle) => Closed("max", ReceiverPattern.Uniform, Accounts) with
    {
        Journal = journal,
        Cycle = cycle,
        Load = [new LoadSimulation.KeepConstant(Copies(Accounts, cycle < TimeSpan.FromSeconds(1) ? CopiesInShortCycles : CopiesMost), TimeSpan.FromSeconds(Seconds))],
    };

    /// <summary>At this rate, on the large ledger.</summary>
    public Scenario Steady(double perSecond, TimeSpan cycle) => BuiltInScenarios.Find("uniform")! with
    {
        Parties = Accounts,
        Cycle = cycle,
        Batch = cycle < TimeSpan.FromSeconds(1) ? 2_500 : BatchFrames,
        Load = [new LoadSimulation.Inject(perSecond, TimeSpan.FromSeconds(Seconds))],
    };

    /// <summary>As many as are answered, whoever pays whom.</summary>
    public Scenario Pattern(string name) => Closed(name, BuiltInScenarios.Find(name)!.Receivers, Parties);

    // Few parties have few payments under way, as each may have one for every nonce of its window.
    private static int Copies(int parties, int most) => (int)Math.Clamp((long)parties * PaymentsPerParty / BatchFrames, 1, most);

    private Scenario Closed(string name, ReceiverPattern receivers, int parties) => BuiltInScenarios.Find("max")! with
    {
        Name = name,
        Receivers = receivers,
        Parties = parties,
        Load = [new LoadSimulation.KeepConstant(Copies(parties, CopiesMost), TimeSpan.FromSeconds(Seconds))],
    };
}
