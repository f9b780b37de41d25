using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Standing acceptances whose signature was found good: a receiver's one promise comes along with each of its payments, and is verified
/// once. Whole acceptances are kept and compared, the receiver's key too, so nothing but the very same bytes is ever
/// taken for verified. Each may lie in one of eight places, of which the newcomer takes the one that was filled first: few of those that fit
/// in together drive each other out. The cache is bounded, and whoever fills it costs others time, nothing else. For one thread.
/// </summary>
internal sealed unsafe class StandingCache
{
    private const int Ways = 8;
    private const int EntryBytes = FrameLayout.StandingAcceptanceBytes;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly int _shift;
    private readonly byte[] _entries;

    // Bytes of each entry's signature: which of eight entries may be meant is told from one cache line.
    private readonly ulong[] _marks;
    private readonly byte[] _oldest;

    /// <summary>Room for so many: rounded up to a power of two, and to 16 at the least.</summary>
    public StandingCache(int countMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        int places = (int)Math.Max(2 * Ways, BitOperations.RoundUpToPowerOf2((uint)countMax));
        _shift = 64 - BitOperations.Log2((uint)(places / Ways));
        _entries = GC.AllocateArray<byte>(checked(places * EntryBytes), pinned: true);
        _marks = GC.AllocateArray<ulong>(places, pinned: true);
        _oldest = new byte[places / Ways];
    }

    // No entry is all zeros: a standing acceptance starts with a key.
    public bool Contains(byte* acceptance)
    {
        ulong mark = MarkOf(acceptance);
        int first = SetOf(mark) * Ways;
        ReadOnlySpan<ulong> marks = _marks.AsSpan(first, Ways);
        for (int way = 0; way < Ways; way++)
        {
            if (marks[way] == mark && new ReadOnlySpan<byte>(acceptance, EntryBytes).SequenceEqual(Entry(first + way)))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(byte* acceptance)
    {
        if (Contains(acceptance))
        {
            // It came twice among signatures that were verified together.
            return;
        }

        ulong mark = MarkOf(acceptance);
        int set = SetOf(mark);
        int place = (set * Ways) + (_oldest[set]++ % Ways);
        _marks[place] = mark;
        new ReadOnlySpan<byte>(acceptance, EntryBytes).CopyTo(Entry(place));
    }

    private Span<byte> Entry(int place) => _entries.AsSpan(place * EntryBytes, EntryBytes);

    private int SetOf(ulong mark) => (int)(mark * Spread >> _shift);

    // Bytes of the signature, which differ wherever anything differs.
    private static ulong MarkOf(byte* acceptance) => Unsafe.ReadUnaligned<ulong>(acceptance + FrameLayout.KeyBytes + StandingTerms.SizeBytes);
}
