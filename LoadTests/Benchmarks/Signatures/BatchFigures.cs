namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Verifications a second in batches of one size.</summary>
/// <param name="Size">Signatures a batch, each under a key of its own.</param>
/// <param name="NewKeys">Under keys never seen.</param>
/// <param name="KnownKeys">Under keys that are in the cache.</param>
/// <param name="WithoutSeed">Each judged by itself, keys never seen.</param>
/// <param name="OneBad">One signature of the batch is bad, keys known.</param>
/// <param name="AllBad">All are, keys known.</param>
internal sealed record BatchFigures(int Size, double NewKeys, double KnownKeys, double WithoutSeed, double OneBad, double AllBad);
