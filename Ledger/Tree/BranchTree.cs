using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The accounts of a branch: all whose id begins with the <see cref="DepthBits"/> bits of <see cref="Index"/>, as records in
/// native memory and, over them, this part of the synopsis tree (docs/PROTOCOL.md, section 2). The leaves of the tree are the
/// table that accounts are found in.
/// </summary>
/// <remarks>
/// <para>Records are changed in place: whoever changes one obtains it from <see cref="FindForUpdate"/> or
/// <see cref="FindOrOpen"/>, or calls <see cref="MarkChanged"/>. <see cref="Update"/> then rehashes all that was marked, as one
/// batch. Digests and sums are always those of the last update.</para>
/// <para>A pointer to a record is valid until the next account is opened. Nothing allocates managed memory but growth: opening
/// accounts now and then, and data roots. One thread at a time may use a tree; different trees are independent. Memory goes
/// back on <see cref="Dispose"/>.</para>
/// <para>A tree grows account by account: a page of buckets that is too full is divided in two, which takes microseconds.
/// Ids that were made to share a long prefix get subtrees of their own.</para>
/// </remarks>
public sealed unsafe partial class BranchTree : IDisposable
{
    /// <summary>A branch is at most this deep: its index fits 32 bits.</summary>
    public const int DepthBitsMax = 32;

    private readonly TreeMemory _memory = new();
    private readonly DataRoots _dataRoots = new();
    private Subtree* _root;

    /// <summary>An empty branch.</summary>
    /// <param name="depthBits">How many bits all ids of the branch share: 0 (the whole ledger) to 32.</param>
    /// <param name="index">Those bits, as a number.</param>
    /// <param name="translucency">The ledger's T, 0 to 160: nodes whose bit index is below it bind their children's sums.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public BranchTree(int depthBits, uint index, int translucency)
        : this(depthBits, index, translucency, default, 0)
    {
    }

    private BranchTree(int depthBits, uint index, int translucency, AccountRecord* records, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depthBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthBits, DepthBitsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1UL << depthBits);
        ArgumentOutOfRangeException.ThrowIfNegative(translucency);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(translucency, AccountId.SizeBits);
        DepthBits = depthBits;
        Index = index;
        Translucency = translucency;
        Count = count;
        _root = Build(records, count, depthBits);
    }

    public int DepthBits { get; }

    public uint Index { get; }

    public int Translucency { get; }

    /// <summary>Accounts in the branch, those opened since the last update included.</summary>
    public long Count { get; private set; }

    /// <summary>Digest and sum as of the last <see cref="Update"/>.</summary>
    public Synopsis Synopsis { get; private set; }

    /// <summary>Whether something was marked since the last <see cref="Update"/>.</summary>
    public bool HasChanges => Root->HasChanges;

    /// <summary>Native memory that the branch holds.</summary>
    public long NativeBytes => _memory.Bytes;

    /// <summary>Leaves hashed by all updates so far, two compressions each: a changed account's neighbours in its bucket too.</summary>
    public long LeavesHashed { get; private set; }

    /// <summary>Inner nodes hashed by all updates so far, one compression each.</summary>
    public long NodesHashed { get; private set; }

    private Subtree* Root
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_root == null)
            {
                ThrowDisposed();
            }

            return _root;
        }
    }

    /// <summary>The account's record, to read; null if there is no such account.</summary>
    public AccountRecord* Find(in AccountId id) => Find(id, mark: false);

    /// <summary>The account's record, to change: marked for the next update; null if there is no such account.</summary>
    public AccountRecord* FindForUpdate(in AccountId id) => Find(id, mark: true);

    /// <summary>
    /// The account's record, to change: marked for the next update. A missing account is opened, with zeros but for its id.
    /// </summary>
    /// <exception cref="ArgumentException">The id belongs to another branch.</exception>
    public AccountRecord* FindOrOpen(in AccountId id, out bool opened)
    {
        AccountRecord* record = Find(id, mark: true);
        opened = record == null;
        return opened ? Open(id) : record;
    }

    /// <summary>Marks an account for the next update.</summary>
    /// <exception cref="KeyNotFoundException">There is no such account.</exception>
    public void MarkChanged(in AccountId id)
    {
        if (Find(id, mark: true) == null)
        {
            ThrowUnknown(id);
        }
    }

    /// <summary>
    /// First stage of a lookup that does not wait for memory: asks for the account's bucket. Callers with many ids do 16 to 32
    /// first stages, as many second stages, and then the lookups.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBucket(in AccountId id)
    {
        if (Sse.IsSupported)
        {
            Subtree* root = Root;
            BucketPage* page = root->Locate(Subtree.Window(id, root->FirstBit), out int slot, out int bucket);
            Sse.Prefetch0(BucketPage.BucketAt(page, bucket));
            Sse.Prefetch0(root->DirtyBuckets + slot);
        }
    }

    /// <summary>Second stage: reads the bucket and asks for its records.</summary>
    public void PrefetchRecord(in AccountId id)
    {
        if (Sse.IsSupported)
        {
            Bucket* bucket = Locate(id);
            AccountRecord* run = bucket->Run;
            for (AccountRecord* record = run; record < run + bucket->Count; record++)
            {
                Sse.Prefetch0(record);
            }
        }
    }

    /// <summary>Gives an account a data root, or another one: sets the flag, marks the account.</summary>
    /// <exception cref="KeyNotFoundException">There is no such account.</exception>
    public void SetDataRoot(in AccountId id, in Hash256 dataRoot)
    {
        AccountRecord* record = FindKnown(id);
        _dataRoots.Set(id, dataRoot);
        record->Flags |= RecordFlags.HasDataRoot;
    }

    /// <summary>Takes an account's data root away: clears the flag, marks the account.</summary>
    /// <exception cref="KeyNotFoundException">There is no such account.</exception>
    public void ClearDataRoot(in AccountId id)
    {
        AccountRecord* record = FindKnown(id);
        _dataRoots.Remove(id);
        record->Flags &= ~RecordFlags.HasDataRoot;
    }

    /// <summary>The account's data root, if it has one.</summary>
    public bool TryGetDataRoot(in AccountId id, out Hash256 dataRoot) => _dataRoots.TryGet(id, out dataRoot);

    /// <summary>
    /// Rehashes every marked account and the nodes above it, each once, and gives the new digest and sum. Costs nothing if
    /// nothing was marked.
    /// </summary>
    /// <exception cref="OverflowException">The balances' sum does not fit 64 bits. The tree is of no more use.</exception>
    /// <exception cref="InvalidOperationException">A record's flag names a data root that was never set. Likewise.</exception>
    public Synopsis Update()
    {
        Subtree* root = Root;
        if (root->HasChanges)
        {
            BatchRehash batch = BatchRehash.Rent();
            try
            {
                (long leaves, long nodes) = batch.Run(root, Translucency, _dataRoots);
                LeavesHashed += leaves;
                NodesHashed += nodes;
            }
            finally
            {
                BatchRehash.Return(batch);
            }

            Synopsis = new Synopsis(*(Hash256*)root->DigestAt(1), root->Sums[1]);
        }

        return Synopsis;
    }

    /// <summary>Gives all memory back. The tree cannot be used any more, nor any pointer into it.</summary>
    public void Dispose()
    {
        _root = null;
        _memory.Release();
    }

    [DoesNotReturn]
    private static void ThrowUnknown(in AccountId id) => throw new KeyNotFoundException($"No account {id} in this branch.");

    [DoesNotReturn]
    private static void ThrowDisposed() => throw new ObjectDisposedException(nameof(BranchTree));

    private AccountRecord* FindKnown(in AccountId id)
    {
        AccountRecord* record = Find(id, mark: true);
        if (record == null)
        {
            ThrowUnknown(id);
        }

        return record;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AccountRecord* Find(in AccountId id, bool mark)
    {
        Subtree* root = Root;
        BucketPage* page = root->Locate(Subtree.Window(id, root->FirstBit), out int slot, out int bucketIndex);
        Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
        if (bucket->IsSubtree)
        {
            return FindBelow(id, mark);
        }

        AccountRecord* record = FindInRun(bucket, id);
        if (mark && record != null)
        {
            root->Mark(slot, bucketIndex);
        }

        return record;
    }

    private AccountRecord* FindBelow(in AccountId id, bool mark)
    {
        AccountRecord* record = FindInRun(Locate(id), id);
        if (mark && record != null)
        {
            Subtree* tree = _root;
            while (tree != null)
            {
                BucketPage* page = tree->Locate(Subtree.Window(id, tree->FirstBit), out int slot, out int bucketIndex);
                Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
                tree->Mark(slot, bucketIndex);
                tree = bucket->IsSubtree ? bucket->Subtree : null;
            }
        }

        return record;
    }

    /// <summary>The bucket, empty or with a run, that the id belongs in.</summary>
    private Bucket* Locate(in AccountId id)
    {
        Subtree* tree = Root;
        while (true)
        {
            BucketPage* page = tree->Locate(Subtree.Window(id, tree->FirstBit), out _, out int bucketIndex);
            Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
            if (!bucket->IsSubtree)
            {
                return bucket;
            }

            tree = bucket->Subtree;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static AccountRecord* FindInRun(Bucket* bucket, in AccountId id)
    {
        AccountRecord* record = bucket->Run;
        for (int left = bucket->Count; left > 0; left--, record++)
        {
            if (record->Id.Equals(id))
            {
                return record;
            }
        }

        return null;
    }
}
