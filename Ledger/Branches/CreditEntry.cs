using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>One credit on its way: 32 bytes, the same in memory, between nodes and in the journal.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct CreditEntry(AccountId Receiver, uint Place, ulong Amount)
{
    /// <summary>Bytes of an entry, everywhere.</summary>
    public const int SizeBytes = 32;

    private const int PlaceOffset = AccountId.SizeBytes;
    private const int AmountOffset = PlaceOffset + sizeof(uint);

    /// <summary>Writes an entry field by field where it is to lie: one that is built elsewhere and copied waits for its own stores.</summary>
    internal static void Write(ref CreditEntry at, in AccountId receiver, uint place, ulong amount)
    {
        ref byte start = ref Unsafe.As<CreditEntry, byte>(ref at);
        Unsafe.WriteUnaligned(ref start, receiver);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, PlaceOffset), place);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, AmountOffset), amount);
    }
}

/// <summary>
/// The credits of one beat from one source branch to one target branch, in the source's recorded order. Keyed by beat, source, target and
/// the hash of the source's sealed block: a second copy changes nothing.
/// </summary>
/// <param name="Source">index of the branch that sealed the debits</param>
/// <param name="BlockHash">hash of its sealed block</param>
/// <param name="Secret">the block's secret, from which salts of opened accounts are drawn</param>
/// <param name="Entries">the credits, never empty</param>
public readonly record struct CreditSection(uint Source, Hash256 BlockHash, Hash256 Secret, ReadOnlyMemory<CreditEntry> Entries);
