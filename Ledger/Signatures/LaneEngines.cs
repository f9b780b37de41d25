using System.Runtime.Intrinsics;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Chooses the widest instruction set of this machine, by the processor and what the runtime enables.</summary>
internal static class LaneEngines
{
    public static SignaturePath Path =>
        Avx512Field.IsSupported ? SignaturePath.Avx512
        : Avx2Field.IsSupported ? SignaturePath.Avx2
        : SignaturePath.Scalar;

    /// <summary>An engine of the path, or null for <see cref="SignaturePath.Scalar"/>.</summary>
    public static ILaneEngine? Create() => Path switch
    {
        SignaturePath.Avx512 => new LaneEngine<Vector512<double>, Avx512Field>(),
        SignaturePath.Avx2 => new LaneEngine<Vector256<double>, Avx2Field>(),
        _ => null,
    };
}
