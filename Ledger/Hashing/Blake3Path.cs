namespace LeitherCluster.Ledger.Hashing;

/// <summary>The instruction sets that BLAKE3 runs on here. All give the same digests; they differ in blocks at a time.</summary>
public enum Blake3Path
{
    /// <summary>Plain C#, one block at a time.</summary>
    Scalar = 0,

    /// <summary>Eight blocks at a time in 256-bit vectors.</summary>
    Avx2 = 1,

    /// <summary>Sixteen blocks at a time in 512-bit vectors.</summary>
    Avx512 = 2,
}
