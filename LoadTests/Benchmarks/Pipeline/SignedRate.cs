namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>How many a second by the wall clock, and what one takes on a core.</summary>
internal readonly record struct SignedRate(double PerSecond, double CoreMicroseconds)
{
    public static SignedRate Mean(SignedRate one, SignedRate other) =>
        new((one.PerSecond + other.PerSecond) / 2, (one.CoreMicroseconds + other.CoreMicroseconds) / 2);
}
