using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Tree;

/// <content>The implicit heaps: the six levels of a page, and the levels above the pages.</content>
internal sealed unsafe partial class BatchRehash
{
    private const ulong EvenMask = 0x5555_5555_5555_5555;

    /// <summary>Makes the nodes of one level, 5 to 0, of all pages of a wave; that of level 0 is the page's slot.</summary>
    private void HashPageLevel(Subtree* tree, PageJob* pages, int count, int level)
    {
        bool bindsSums = tree->FirstBit < _translucency;
        _jobs = 0;
        for (PageJob* job = pages; job < pages + count; job++)
        {
            ulong dirty = EvenBits(job->Dirty | (job->Dirty >> 1));
            ulong left = EvenBits(job->Occupied);
            ulong right = EvenBits(job->Occupied >> 1);
            job->Dirty = dirty;
            job->Occupied = left | right;

            BucketPage* page = job->Page;
            int bit = tree->FirstBit + Subtree.LevelOf(job->Slot) + level;
            byte* targets = level == 0
                ? tree->DigestAt(job->Slot) - DigestBytes
                : (byte*)page;
            for (ulong both = dirty & left & right; both != 0; both &= both - 1)
            {
                int node = (1 << level) + BitOperations.TrailingZeroCount(both);
                if (bindsSums)
                {
                    _keyMemory[_jobs] = KeyOf(bit, BucketPage.SumUnder(page, 2 * node), BucketPage.SumUnder(page, (2 * node) + 1));
                }

                AddJob(BucketPage.PairAt(page, node), targets + (node * DigestBytes), bit, bindsSums);
            }

            for (ulong single = dirty & (left ^ right); single != 0; single &= single - 1)
            {
                int place = BitOperations.TrailingZeroCount(single);
                int node = (1 << level) + place;
                int child = (2 * node) + (int)((right >> place) & 1);
                CopyDigest(BucketPage.DigestAt(page, child), targets + (node * DigestBytes));
            }
        }

        HashNodes(0, _jobs, bindsSums);
    }

    /// <summary>Makes all changed nodes above the pages, level by level, and leaves nothing dirty.</summary>
    private void RunLevelsAbovePages(Subtree* tree)
    {
        bool bindsSums = tree->FirstBit < _translucency;
        for (int level = tree->DirectoryBits; level > 0; level--)
        {
            int bit = tree->FirstBit + level - 1;
            int end = 2 << level;
            _jobs = 0;
            for (int slot = NextDirty(tree, 1 << level, end); slot < end; slot = NextDirty(tree, slot + 1, end))
            {
                SetOccupied(tree, slot);
                int sibling = slot ^ 1;
                int parent = slot >> 1;
                bool siblingDirty = IsDirty(tree, sibling);
                ClearDirty(tree, slot);
                if (siblingDirty && sibling > slot)
                {
                    continue; // the pair is made when its second half comes
                }

                MarkDirty(tree, parent);
                if (!tree->IsOccupied(sibling))
                {
                    CopyDigest(tree->DigestAt(slot), tree->DigestAt(parent));
                    tree->Sums[parent] = tree->Sums[slot];
                    continue;
                }

                ulong left = tree->Sums[slot & ~1];
                ulong right = tree->Sums[slot | 1];
                tree->Sums[parent] = checked(left + right);
                if (bindsSums)
                {
                    _keyMemory[_jobs] = KeyOf(bit, left, right);
                }

                AddJob(tree->DigestAt(slot & ~1), tree->DigestAt(parent), bit, bindsSums);
                if (_jobs == JobsMax)
                {
                    HashNodes(0, _jobs, bindsSums);
                    _jobs = 0;
                }
            }

            HashNodes(0, _jobs, bindsSums);
        }

        SetOccupied(tree, 1);
        ClearDirty(tree, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddJob(byte* message, byte* target, int bit, bool bindsSums)
    {
        _messages[_jobs] = message;
        _targets[_jobs] = target;
        _bits[_jobs] = (byte)bit;
        if (bindsSums)
        {
            _keys[_jobs] = (byte*)(_keyMemory + _jobs);
        }

        _jobs++;
    }

    /// <summary>The bits 0, 2, 4, ... of a word as its bits 0, 1, 2, ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EvenBits(ulong word)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.ParallelBitExtract(word, EvenMask);
        }

        word &= EvenMask;
        word = (word | (word >> 1)) & 0x3333_3333_3333_3333;
        word = (word | (word >> 2)) & 0x0F0F_0F0F_0F0F_0F0F;
        word = (word | (word >> 4)) & 0x00FF_00FF_00FF_00FF;
        word = (word | (word >> 8)) & 0x0000_FFFF_0000_FFFF;
        return (word | (word >> 16)) & 0x0000_0000_FFFF_FFFF;
    }

    /// <summary>The first dirty slot from <paramref name="slot"/> on and before <paramref name="end"/>; end if none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextDirty(Subtree* tree, int slot, int end)
    {
        while (slot < end)
        {
            ulong rest = tree->Dirty[slot >> 6] >> slot;
            if (rest != 0)
            {
                return Math.Min(slot + BitOperations.TrailingZeroCount(rest), end);
            }

            slot = (slot | 63) + 1;
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsDirty(Subtree* tree, int slot) => ((tree->Dirty[slot >> 6] >> slot) & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MarkDirty(Subtree* tree, int slot) => tree->Dirty[slot >> 6] |= 1UL << slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ClearDirty(Subtree* tree, int slot) => tree->Dirty[slot >> 6] &= ~(1UL << slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetOccupied(Subtree* tree, int slot) => tree->Occupied[slot >> 6] |= 1UL << slot;
}
