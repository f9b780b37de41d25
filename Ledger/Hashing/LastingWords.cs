using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>Constants in memory that stays where it is for as long as the process runs, on cache lines of their own.</summary>
internal static unsafe class LastingWords
{
    public static ulong* Create(ReadOnlySpan<ulong> words)
    {
        ulong* memory = (ulong*)NativeMemory.AlignedAlloc((nuint)(words.Length * sizeof(ulong)), LaneMemory.Alignment);
        words.CopyTo(new Span<ulong>(memory, words.Length));
        return memory;
    }
}
