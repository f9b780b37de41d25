using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Where a key goes in a table. With secret words nobody can choose keys that all go to one place.</summary>
internal readonly unsafe struct KeyHash(ulong first, ulong second)
{
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Of(byte* key)
    {
        ulong high = Math.BigMul(
            (Unsafe.ReadUnaligned<ulong>(key) ^ first) | 1,
            Unsafe.ReadUnaligned<ulong>(key + sizeof(ulong)) ^ second,
            out ulong low);
        return (uint)(((high ^ low) * Spread) >> 32);
    }
}
