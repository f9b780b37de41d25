using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The batch update of one tree, with the memory it works in (some 400 kB, for as long as it runs; there are as many as ever
/// ran at once). Changed buckets are rebuilt whole, a wave of pages at a time: first all their leaves, then the nodes within
/// the runs by height, then the six levels of the pages; last come the levels above the pages. Each step gathers its nodes as
/// arrays of pointers and hashes them in lanes.
/// </summary>
internal sealed unsafe partial class BatchRehash
{
    /// <summary>A wave ends with the page that brings it to this many records: they, and their digests, stay in the cache.</summary>
    private const int WaveRecords = 768;

    /// <summary>Pages looked at before any of them is worked on, so that their memory is on its way.</summary>
    private const int GroupPages = 256;

    private const int RecordsMax = WaveRecords + (BucketPage.Buckets * Bucket.RunMax);
    private const int JobsMax = RecordsMax;
    private const nuint Alignment = 64;

    private static readonly Stack<BatchRehash> Idle = new();
    private static readonly Lock Gate = new();

    private readonly byte** _messages = Pointers(JobsMax);
    private readonly byte** _targets = Pointers(JobsMax);
    private readonly byte** _keys = Pointers(JobsMax);
    private readonly byte* _bits = Bytes(JobsMax);
    private readonly NodeKey* _keyMemory = (NodeKey*)Bytes(JobsMax * sizeof(NodeKey));
    private readonly PageJob* _pages = (PageJob*)Bytes(GroupPages * sizeof(PageJob));
    private int _jobs;
    private int _translucency;
    private long _leavesHashed;
    private long _nodesHashed;
    private DataRoots? _dataRoots;

    private BatchRehash()
    {
    }

    /// <summary>One that nobody else uses until it is returned.</summary>
    public static BatchRehash Rent()
    {
        lock (Gate)
        {
            return Idle.TryPop(out BatchRehash? idle) ? idle : new BatchRehash();
        }
    }

    /// <summary>Takes it back.</summary>
    public static void Return(BatchRehash batch)
    {
        batch._dataRoots = null;
        lock (Gate)
        {
            Idle.Push(batch);
        }
    }

    /// <summary>Rehashes all that is dirty in a tree, and leaves nothing dirty.</summary>
    /// <returns>How many leaves and nodes were hashed.</returns>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    public (long Leaves, long Nodes) Run(Subtree* tree, int translucency, DataRoots dataRoots)
    {
        _translucency = translucency;
        _dataRoots = dataRoots;
        _leavesHashed = 0;
        _nodesHashed = 0;
        RunSubtree(tree);
        return (_leavesHashed, _nodesHashed);
    }

    private void RunSubtree(Subtree* tree)
    {
        if (tree->PagesWithSubtrees > 0)
        {
            RunSubtreesOf(tree);
        }

        int pages = 0;
        int words = (tree->Slots + 63) >> 6;
        for (int word = 0; word < words; word++)
        {
            for (ulong dirty = tree->Dirty[word]; dirty != 0; dirty &= dirty - 1)
            {
                int slot = (word << 6) + BitOperations.TrailingZeroCount(dirty);
                _pages[pages] = new PageJob(tree, slot);
                PrefetchBuckets(_pages + pages);
                if (++pages == GroupPages)
                {
                    RunGroup(tree, pages);
                    pages = 0;
                }
            }
        }

        RunGroup(tree, pages);
        RunLevelsAbovePages(tree);
    }

    /// <summary>The changed buckets that are subtrees come first: after this they are like buckets that were rebuilt.</summary>
    private void RunSubtreesOf(Subtree* tree)
    {
        for (int slot = 1; slot < tree->Slots; slot++)
        {
            if (((tree->Dirty[slot >> 6] >> slot) & 1) == 0)
            {
                continue;
            }

            BucketPage* page = tree->PageAt(slot);
            for (ulong dirty = tree->DirtyBuckets[slot] & page->Subtrees; dirty != 0; dirty &= dirty - 1)
            {
                int index = BitOperations.TrailingZeroCount(dirty);
                Bucket* bucket = BucketPage.BucketAt(page, index);
                Subtree* below = bucket->Subtree;
                RunSubtree(below);
                CopyDigest(below->DigestAt(1), BucketPage.DigestAt(page, BucketPage.Buckets + index));
                UInt128 sum = (UInt128)tree->Sums[slot] - bucket->Sum + below->Sums[1];
                tree->Sums[slot] = checked((ulong)sum);
                bucket->Sum = below->Sums[1];
            }
        }
    }

    private void RunGroup(Subtree* tree, int pages)
    {
        int records = 0;
        int first = 0;
        for (int page = 0; page < pages; page++)
        {
            records += PrefetchRecords(_pages + page);
            if (records >= WaveRecords)
            {
                RunWave(tree, _pages + first, page + 1 - first);
                first = page + 1;
                records = 0;
            }
        }

        if (first < pages)
        {
            RunWave(tree, _pages + first, pages - first);
        }
    }

    private void RunWave(Subtree* tree, PageJob* pages, int count)
    {
        GatherRuns(tree, pages, count);
        HashLeaves();
        HashRunNodes(tree);
        for (int level = BucketPage.BucketBits - 1; level >= 0; level--)
        {
            HashPageLevel(tree, pages, count, level);
        }
    }

    private static void PrefetchBuckets(PageJob* page)
    {
        if (Sse.IsSupported)
        {
            for (ulong dirty = page->DirtyRuns; dirty != 0; dirty &= dirty - 1)
            {
                Sse.Prefetch0(BucketPage.BucketAt(page->Page, BitOperations.TrailingZeroCount(dirty)));
            }
        }
    }

    /// <summary>
    /// Asks for the records of a page's changed runs and for the cache lines of the digests on the way up. Counts the records,
    /// and a changed subtree as one: no step of a wave has more items than that.
    /// </summary>
    private static int PrefetchRecords(PageJob* page)
    {
        int records = BitOperations.PopCount(page->Dirty & ~page->DirtyRuns);
        for (ulong dirty = page->DirtyRuns; dirty != 0; dirty &= dirty - 1)
        {
            int index = BitOperations.TrailingZeroCount(dirty);
            Bucket* bucket = BucketPage.BucketAt(page->Page, index);
            int count = bucket->Count;
            records += count;
            if (Sse.IsSupported)
            {
                AccountRecord* run = bucket->Run;
                for (int i = 0; i < count; i++)
                {
                    Sse.Prefetch0(run + i);
                }

                for (int node = (BucketPage.Buckets + index) >> 1; node > 0; node >>= 1)
                {
                    Sse.Prefetch0(BucketPage.PairAt(page->Page, node));
                }
            }
        }

        return records;
    }

    private static void CopyDigest(byte* source, byte* destination) =>
        new ReadOnlySpan<byte>(source, BucketPage.DigestBytes).CopyTo(new Span<byte>(destination, BucketPage.DigestBytes));

    private static byte** Pointers(int count) => (byte**)Bytes(count * sizeof(byte*));

    private static byte* Bytes(int count) => (byte*)NativeMemory.AlignedAlloc((nuint)count, Alignment);
}
