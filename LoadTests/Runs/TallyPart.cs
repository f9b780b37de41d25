using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>What a tally counted between two looks.</summary>
/// <param name="Scheduled">transfers that were due</param>
/// <param name="Sent">of those, sent</param>
/// <param name="Late">sent too late, or not at all</param>
/// <param name="Outcomes">answers by outcome</param>
/// <param name="Latencies">of what was committed</param>
internal sealed record TallyPart(long Scheduled, long Sent, long Late, Dictionary<Outcome, long> Outcomes, HistogramPart Latencies);
