using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>What a child process measured on the path that it found itself on: verifications a second in the best run.</summary>
/// <param name="Path">The instruction set in use.</param>
/// <param name="LibCrypto">libcrypto, key and context ready.</param>
/// <param name="LibSodium">libsodium; null where it is not installed.</param>
/// <param name="Single">One signature at a time, under a key never seen.</param>
/// <param name="Batches">Batches, by size.</param>
internal sealed record SignatureFigures(
    SignaturePath Path, double LibCrypto, double? LibSodium, double Single, IReadOnlyList<BatchFigures> Batches);
