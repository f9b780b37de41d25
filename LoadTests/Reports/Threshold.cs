namespace LeitherCluster.LoadTests.Reports;

/// <summary>A figure that the project must reach.</summary>
internal sealed record Threshold
{
    /// <summary>What must be reached, with its unit.</summary>
    public required string What { get; init; }

    public required double Measured { get; init; }

    public required double Required { get; init; }

    /// <summary>Whether more is worse.</summary>
    public bool IsUpperBound { get; init; }

    public bool IsMet => IsUpperBound ? Measured <= Required : Measured >= Required;
}
