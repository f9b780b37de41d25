using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The native memory of one tree: runs of records and pages, cut from blocks of the <see cref="BlockArena"/>, and the
/// subtrees' own. A run takes exactly its records' bytes; a freed one waits in the list of its length. Used by one thread at a
/// time; everything is given back at once.
/// </summary>
internal sealed unsafe class TreeMemory
{
    private const nuint SubtreeAlignment = 64;

    private readonly List<nint> _blocks = [];
    private readonly List<nint> _subtrees = [];
    private readonly nint[] _freeRuns = new nint[Bucket.RunMax + 1];
    private AccountRecord* _nextRecord;
    private AccountRecord* _recordsEnd;
    private byte* _nextPage;
    private byte* _pagesEnd;
    private long _subtreeBytes;

    /// <summary>All native bytes held.</summary>
    public long Bytes => ((long)_blocks.Count * BlockArena.BlockBytes) + _subtreeBytes;

    /// <summary>Room for 1 to <see cref="Bucket.RunMax"/> records, not cleared.</summary>
    public AccountRecord* AllocateRun(int records)
    {
        nint free = _freeRuns[records];
        if (free != 0)
        {
            _freeRuns[records] = *(nint*)free;
            return (AccountRecord*)free;
        }

        int left = (int)(_recordsEnd - _nextRecord);
        if (left < records)
        {
            if (left > 0)
            {
                FreeRun(_nextRecord, left);
            }

            _nextRecord = (AccountRecord*)RentBlock();
            _recordsEnd = _nextRecord + (BlockArena.BlockBytes / AccountRecord.SizeBytes);
        }

        AccountRecord* run = _nextRecord;
        _nextRecord += records;
        return run;
    }

    public void FreeRun(AccountRecord* run, int records)
    {
        *(nint*)run = _freeRuns[records];
        _freeRuns[records] = (nint)run;
    }

    /// <summary>A page of empty buckets.</summary>
    public BucketPage* AllocatePage()
    {
        if (_nextPage == _pagesEnd)
        {
            _nextPage = RentBlock();
            _pagesEnd = _nextPage + (BlockArena.BlockBytes / BucketPage.SizeBytes * BucketPage.SizeBytes);
        }

        var page = (BucketPage*)_nextPage;
        _nextPage += BucketPage.SizeBytes;
        BucketPage.Clear(page);
        return page;
    }

    /// <summary>A subtree of the ids that share all bits before <paramref name="firstBit"/>, with no page yet.</summary>
    public Subtree* AllocateSubtree(int firstBit)
    {
        var subtree = (Subtree*)NativeMemory.AlignedAlloc((nuint)sizeof(Subtree), SubtreeAlignment);
        *subtree = new Subtree { FirstBit = firstBit };
        Subtree.Allocate(subtree);
        _subtrees.Add((nint)subtree);
        _subtreeBytes += sizeof(Subtree) + subtree->ArrayBytes;
        return subtree;
    }

    /// <summary>Doubles the directory of a subtree.</summary>
    public void DeepenSubtree(Subtree* subtree)
    {
        _subtreeBytes -= subtree->ArrayBytes;
        Subtree.Deepen(subtree);
        _subtreeBytes += subtree->ArrayBytes;
    }

    /// <summary>Gives everything back. All pointers are dead after it.</summary>
    public void Release()
    {
        foreach (nint subtree in _subtrees)
        {
            Subtree.Free((Subtree*)subtree);
            NativeMemory.AlignedFree((void*)subtree);
        }

        foreach (nint block in _blocks)
        {
            BlockArena.Return((byte*)block);
        }

        _subtrees.Clear();
        _blocks.Clear();
        _subtreeBytes = 0;
    }

    private byte* RentBlock()
    {
        byte* block = BlockArena.Rent();
        _blocks.Add((nint)block);
        return block;
    }
}
