using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>A load while it runs, as it is shown.</summary>
/// <param name="Name">the scenario's</param>
/// <param name="Length">of the whole load</param>
/// <param name="Interval">the newest, which ends now</param>
/// <param name="Total">what was counted so far</param>
/// <param name="Outcomes">answers so far</param>
/// <param name="Latencies">of all that was committed so far</param>
/// <param name="Pulses">that committed something</param>
/// <param name="LastPulse">the newest of them; null before the first</param>
/// <param name="GeneratorShare">of all cores, the part that the generator has had</param>
/// <param name="Events">what happened besides</param>
internal sealed record RunMoment(
    string Name,
    TimeSpan Length,
    RunInterval Interval,
    TallyLook Total,
    IReadOnlyDictionary<Outcome, long> Outcomes,
    RunLatencies Latencies,
    int Pulses,
    ObservedPulse? LastPulse,
    double GeneratorShare,
    IReadOnlyList<RunEvent> Events);
