using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Reports;

/// <summary>All that one call of the program measured.</summary>
internal sealed record BenchmarkRun(string Command, Machine Machine, IReadOnlyList<BenchmarkReport> Reports)
{
    public bool AllMet => Reports.All(report => report.Thresholds.All(threshold => threshold.IsMet));
}
