using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>What a child process measured on the path that it found itself on.</summary>
/// <param name="Path">The instruction set in use.</param>
/// <param name="Forms">Compressions a second of each form of <see cref="HashForms"/>.</param>
/// <param name="Sha256PerSecond">The framework's SHA-256 of 64 bytes, a call each.</param>
/// <param name="ArithmeticPerSecond">Compressions' worth of bare arithmetic in registers; null without AVX-512.</param>
internal sealed record HashPathFigures(
    Blake3Path Path, IReadOnlyList<HashFormFigures> Forms, HashFormFigures Sha256PerSecond, HashFormFigures? ArithmeticPerSecond)
{
    /// <summary>Compressions a second, in the best run, of the form that is judged.</summary>
    public double Judged => Forms.First(form => string.Equals(form.Name, HashForms.Judged, StringComparison.Ordinal)).Best;
}
