using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The ids that share all bits before <see cref="FirstBit"/>, as pages found through a directory by their next bits
/// (extendible hashing: Fagin and others, 1979): a page that grows too full is divided in two without touching any other, so
/// that a tree grows without a pause. The branch's own tree is a subtree, and so is a bucket that too many ids share.
/// </summary>
/// <remarks>
/// A <em>slot</em> is a place in the implicit heap above the pages: slot 1 is the whole subtree, slots 2s and 2s + 1 are the
/// halves of slot s by the next bit. A page that covers the ids under the first d bits stands in a slot of level d, and the
/// directory's entries for all longer bit strings under it name it. The arrays by slot lie in one allocation.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Subtree
{
    /// <summary>
    /// No directory is larger than this many times what its records would fill with pages that are just full, so that ids made
    /// up to crowd into a corner of the tree cannot blow it up; pages there fill their buckets instead.
    /// </summary>
    private const long DirectoryExcessMax = 8;

    private const ulong DepthMask = 63;
    private const nuint Alignment = 64;

    /// <summary>2^<see cref="DirectoryBits"/> entries: the address of a page, and in the low six bits its level.</summary>
    public ulong* Directory;

    /// <summary>By slot: the digest. Undefined where no record is.</summary>
    public byte* Digests;

    /// <summary>By slot: the sum of the balances as of the last update.</summary>
    public ulong* Sums;

    /// <summary>By slot of a page: which of its buckets have changed since the last update.</summary>
    public ulong* DirtyBuckets;

    /// <summary>By slot of a page: which of its buckets have records.</summary>
    public ulong* OccupiedBuckets;

    /// <summary>A bit by slot: something under it has changed since the last update.</summary>
    public ulong* Dirty;

    /// <summary>A bit by slot: it has records, as of the last update.</summary>
    public ulong* Occupied;

    /// <summary>Records in runs: those in subtrees of a bucket not counted.</summary>
    public long Records;

    /// <summary>The bit that slot 1 divides by, if it is no page.</summary>
    public int FirstBit;

    public int DirectoryBits;

    /// <summary>Pages of which some bucket is a subtree.</summary>
    public int PagesWithSubtrees;

    public readonly int Slots => 2 << DirectoryBits;

    public readonly long ArrayBytes => AllocationBytes(DirectoryBits);

    public readonly bool HasChanges
    {
        get
        {
            for (int word = 0; word < WordsOf(Slots); word++)
            {
                if (Dirty[word] != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The level of a slot: how many bits after <see cref="FirstBit"/> its ids share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LevelOf(int slot) => BitOperations.Log2((uint)slot);

    /// <summary>The 64 bits of an id from <paramref name="firstBit"/> on, filled with zeros behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Window(in AccountId id, int firstBit) => firstBit < 64
        ? (id.High << firstBit) | ((id.Middle >> 1) >> (63 - firstBit))
        : DeepWindow(id, firstBit);

    /// <summary>Finds the page of the id with this window, its slot, and the id's bucket in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly BucketPage* Locate(ulong window, out int slot, out int bucket)
    {
        ulong entry = Directory[(window >> 1) >> (63 - DirectoryBits)];
        int level = (int)(entry & DepthMask);
        slot = (1 << level) | (int)((window >> 1) >> (63 - level));
        bucket = (int)((window << level) >> (64 - BucketPage.BucketBits));
        return (BucketPage*)(entry & ~DepthMask);
    }

    /// <summary>Whether a page stands in this slot (and not two slots below it).</summary>
    public readonly bool IsPage(int slot) => (int)(Directory[FirstEntry(slot)] & DepthMask) == LevelOf(slot);

    /// <summary>The slot of the first page under a slot; the slot itself if a page stands there.</summary>
    public readonly int FirstPageFrom(int slot)
    {
        while (!IsPage(slot))
        {
            slot *= 2;
        }

        return slot;
    }

    /// <summary>The slot of the page that follows the one in this slot in the order of ids; 0 if it is the last.</summary>
    public readonly int NextPage(int slot)
    {
        while ((slot & 1) != 0)
        {
            slot >>= 1;
        }

        return slot == 0 ? 0 : FirstPageFrom(slot + 1);
    }

    /// <summary>The page in a slot where one stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly BucketPage* PageAt(int slot) => (BucketPage*)(Directory[FirstEntry(slot)] & ~DepthMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* DigestAt(int slot) => Digests + (slot * (long)BucketPage.DigestBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Mark(int slot, int bucket)
    {
        DirtyBuckets[slot] |= 1UL << bucket;
        Dirty[slot >> 6] |= 1UL << slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsOccupied(int slot) => ((Occupied[slot >> 6] >> slot) & 1) != 0;

    /// <summary>Puts a page into a slot: all directory entries under it name the page.</summary>
    public readonly void Place(int slot, BucketPage* page)
    {
        int level = LevelOf(slot);
        int first = FirstEntry(slot);
        new Span<ulong>(Directory + first, 1 << (DirectoryBits - level)).Fill((ulong)page | (uint)level);
    }

    /// <summary>Makes a slot one that holds nothing and waits for no update.</summary>
    public readonly void ClearSlot(int slot)
    {
        Sums[slot] = 0;
        DirtyBuckets[slot] = 0;
        OccupiedBuckets[slot] = 0;
        Dirty[slot >> 6] &= ~(1UL << slot);
        Occupied[slot >> 6] &= ~(1UL << slot);
    }

    /// <summary>Whether there are records enough to double the directory.</summary>
    public readonly bool MayDeepen(int pageRecordsMax) =>
        (2L << DirectoryBits) * pageRecordsMax <= DirectoryExcessMax * Records;

    /// <summary>Gives a subtree with no arrays those of an empty directory of one entry.</summary>
    public static void Allocate(Subtree* subtree)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)subtree->ArrayBytes, Alignment);
        NativeMemory.Clear(memory, (nuint)subtree->ArrayBytes);
        int slots = subtree->Slots;

        subtree->Digests = memory;
        subtree->Sums = (ulong*)(subtree->Digests + ((long)slots * BucketPage.DigestBytes));
        subtree->DirtyBuckets = subtree->Sums + slots;
        subtree->OccupiedBuckets = subtree->DirtyBuckets + slots;
        subtree->Dirty = subtree->OccupiedBuckets + slots;
        subtree->Occupied = subtree->Dirty + WordsOf(slots);
        subtree->Directory = subtree->Occupied + WordsOf(slots);
    }

    /// <summary>Doubles the directory. Slots keep their numbers, so that all arrays by slot keep their beginnings.</summary>
    public static void Deepen(Subtree* subtree)
    {
        Subtree old = *subtree;
        subtree->DirectoryBits++;
        Allocate(subtree);

        int slots = old.Slots;
        Copy(old.Digests, subtree->Digests, (long)slots * BucketPage.DigestBytes);
        Copy(old.Sums, subtree->Sums, slots * (long)sizeof(ulong));
        Copy(old.DirtyBuckets, subtree->DirtyBuckets, slots * (long)sizeof(ulong));
        Copy(old.OccupiedBuckets, subtree->OccupiedBuckets, slots * (long)sizeof(ulong));
        Copy(old.Dirty, subtree->Dirty, WordsOf(slots) * (long)sizeof(ulong));
        Copy(old.Occupied, subtree->Occupied, WordsOf(slots) * (long)sizeof(ulong));
        for (int entry = 0; entry < slots; entry++)
        {
            subtree->Directory[entry] = old.Directory[entry >> 1];
        }

        Free(&old);
    }

    /// <summary>Frees the arrays.</summary>
    public static void Free(Subtree* subtree) => NativeMemory.AlignedFree(subtree->Digests);

    private static void Copy(void* source, void* destination, long bytes) =>
        Buffer.MemoryCopy(source, destination, bytes, bytes);

    private static int WordsOf(int slots) => (slots + 63) >> 6;

    private static long AllocationBytes(int directoryBits)
    {
        long slots = 2L << directoryBits;
        long words = (slots * 3) + (2 * WordsOf((int)slots)) + (slots / 2);
        return (slots * BucketPage.DigestBytes) + (words * sizeof(ulong));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong DeepWindow(in AccountId id, int firstBit) => firstBit switch
    {
        < 128 => (id.Middle << (firstBit - 64)) | ((((ulong)id.Low << 32) >> 1) >> (127 - firstBit)),
        < AccountId.SizeBits => ((ulong)id.Low << 32) << (firstBit - 128),
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int FirstEntry(int slot)
    {
        int level = LevelOf(slot);
        return (slot - (1 << level)) << (DirectoryBits - level);
    }
}
