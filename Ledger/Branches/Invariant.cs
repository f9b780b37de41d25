using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Branches;

/// <summary>A promise of the ledger to itself was broken: a bug or corruption, never a party's doing.</summary>
public sealed class InvariantBrokenException(string promise) : Exception($"Broken: {promise}.");

/// <summary>Checks that stay on in every build.</summary>
internal static class Invariant
{
    /// <summary>Throws when <paramref name="kept"/> is false.</summary>
    /// <exception cref="InvariantBrokenException">It was not kept.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds([DoesNotReturnIf(false)] bool kept, string promise)
    {
        if (!kept)
        {
            Throw(promise);
        }
    }

    [DoesNotReturn]
    private static void Throw(string promise) => throw new InvariantBrokenException(promise);
}
