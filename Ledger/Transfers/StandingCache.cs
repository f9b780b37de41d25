using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Standing acceptances whose signature was found good: a receiver's one promise comes along with each of its payments, and is verified
/// once. Whole acceptances are kept and compared, the receiver's key too, so nothing but the very same bytes is ever
/// taken for verified. Each has one place, and the last to come has it: the cache is bounded, and whoever fills it costs others time,
/// nothing else. For one thread.
/// </summary>
internal sealed unsafe class StandingCache
{
    private const int EntryBytes = FrameLayout.StandingAcceptanceBytes;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly int _shift;
    private readonly byte[] _entries;

    /// <summary>Room for so many: rounded up to a power of two.</summary>
    public StandingCache(int countMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        uint places = BitOperations.RoundUpToPowerOf2((uint)countMax);
        _shift = 63 - BitOperations.Log2(places);
        _entries = GC.AllocateArray<byte>(checked((int)places * EntryBytes), pinned: true);
    }

    // No entry is all zeros: a standing acceptance starts with a version.
    public bool Contains(byte* acceptance) => new ReadOnlySpan<byte>(acceptance, EntryBytes).SequenceEqual(PlaceOf(acceptance));

    public void Add(byte* acceptance) => new ReadOnlySpan<byte>(acceptance, EntryBytes).CopyTo(PlaceOf(acceptance));

    // By bytes of the signature, which differ wherever anything differs.
    private Span<byte> PlaceOf(byte* acceptance)
    {
        ulong bytes = Unsafe.ReadUnaligned<ulong>(acceptance + FrameLayout.KeyBytes + StandingTerms.SizeBytes);
        int place = (int)(bytes * Spread >> 1 >> _shift);
        return _entries.AsSpan(place * EntryBytes, EntryBytes);
    }
}
