namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Nanoseconds an account for the same work on random ids and on ids under one prefix.</summary>
internal sealed record GroundPrefixCost(string Work, double RandomNanoseconds, double GroundNanoseconds)
{
    public double Ratio => GroundNanoseconds / RandomNanoseconds;
}
