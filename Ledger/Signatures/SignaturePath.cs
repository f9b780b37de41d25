namespace LeitherCluster.Ledger.Signatures;

/// <summary>The instruction sets that Ed25519 verification runs on here. All give the same verdicts; they differ in signatures at a time.</summary>
public enum SignaturePath
{
    /// <summary>Plain C#, one signature at a time.</summary>
    Scalar = 0,

    /// <summary>Four lanes in 256-bit vectors, with fused multiply-add.</summary>
    Avx2 = 1,

    /// <summary>Eight lanes in 512-bit vectors.</summary>
    Avx512 = 2,
}
