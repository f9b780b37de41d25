namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>The generator splitmix64 (Steele, Lea, Flood 2014): quick, and the same numbers from the same seed everywhere.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to before <paramref name="end"/>, which is far below 2^64.</summary>
    public long Below(long end) => (long)Math.BigMul(Next(), (ulong)end, out _);
}
