namespace LeitherCluster.LoadTests.Reports;

/// <summary>What one benchmark found.</summary>
internal sealed record BenchmarkReport
{
    public required string Benchmark { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyList<ReportTable> Tables { get; init; }

    public required IReadOnlyList<Threshold> Thresholds { get; init; }

    /// <summary>How it was measured and how to read it, a sentence or two each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
