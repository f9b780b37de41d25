using System.Numerics;
using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <content>
/// Leaves and the nodes within a run. The run of n sorted records has n - 1 nodes, one for each gap between two neighbours, with
/// the first bit in which the two differ; a node's parent is the nearest gap with a smaller one, left or right, whichever is
/// larger (the Cartesian tree of the gaps, made with a stack in one pass). Each gap has 64 bytes of digest memory, which its two
/// children write and which are its own message.
/// </content>
internal sealed unsafe partial class BatchRehash
{
    private const int DigestBytes = BucketPage.DigestBytes;
    private const int PairBytes = 2 * DigestBytes;
    private const int HeightsMax = Bucket.RunMax;
    private const int DataLeavesMax = 64;
    private const int NoBit = -1;

    private readonly byte** _leafRecords = Pointers(RecordsMax);
    private readonly byte** _leafTargets = Pointers(RecordsMax);
    private readonly byte** _dataLeafRecords = Pointers(RecordsMax);
    private readonly byte** _dataLeafTargets = Pointers(RecordsMax);
    private readonly byte* _gapPairs = Bytes(JobsMax * PairBytes);
    private readonly byte** _gapTargets = Pointers(JobsMax);
    private readonly byte* _gapBits = Bytes(JobsMax);
    private readonly byte* _gapHeights = Bytes(JobsMax);
    private readonly NodeKey* _gapKeys = (NodeKey*)Bytes(JobsMax * sizeof(NodeKey));
    private readonly int* _heightEnds = (int*)Bytes((HeightsMax + 1) * sizeof(int));
    private int _leaves;
    private int _dataLeaves;
    private int _gaps;

    private void GatherRuns(Subtree* tree, PageJob* pages, int count)
    {
        _leaves = 0;
        _dataLeaves = 0;
        _gaps = 0;
        new Span<int>(_heightEnds, HeightsMax + 1).Clear();
        bool bindsSums = tree->FirstBit < _translucency;
        for (PageJob* job = pages; job < pages + count; job++)
        {
            UInt128 sum = tree->Sums[job->Slot];
            for (ulong dirty = job->DirtyRuns; dirty != 0; dirty &= dirty - 1)
            {
                int index = BitOperations.TrailingZeroCount(dirty);
                Bucket* bucket = BucketPage.BucketAt(job->Page, index);
                byte* target = BucketPage.DigestAt(job->Page, BucketPage.Buckets + index);
                ulong bucketSum = bucket->Count == 1
                    ? GatherSingle(bucket->Run, target)
                    : GatherRun(bucket->Run, bucket->Count, target, bindsSums);
                sum += bucketSum;
                sum -= bucket->Sum;
                bucket->Sum = bucketSum;
            }

            tree->Sums[job->Slot] = checked((ulong)sum);
            tree->DirtyBuckets[job->Slot] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong GatherSingle(AccountRecord* record, byte* target)
    {
        GatherLeaf(record, target);
        return record->Balance.Units;
    }

    [SkipLocalsInit]
    private ulong GatherRun(AccountRecord* run, int count, byte* target, bool bindsSums)
    {
        int* stack = stackalloc int[Bucket.RunMax];
        int* firstBelow = stackalloc int[Bucket.RunMax];
        ulong* sumBefore = stackalloc ulong[Bucket.RunMax + 1];
        byte* bits = _gapBits + _gaps - 1;
        byte* heights = _gapHeights + _gaps - 1;
        byte** targets = _gapTargets + _gaps - 1;
        byte* pairs = _gapPairs + ((_gaps - 1) * (long)PairBytes);
        NodeKey* keys = _gapKeys + _gaps - 1;
        _gaps += count - 1;

        // Gap g, 1 to count - 1, lies between the records g - 1 and g.
        int depth = 0;
        int previous = NoBit;
        sumBefore[0] = 0;
        for (int i = 0; i < count; i++)
        {
            int gap = i + 1;
            int next = gap < count ? run[i].Id.FirstDifferingBit(run[gap].Id) : NoBit;
            sumBefore[gap] = checked(sumBefore[i] + run[i].Balance.Units);
            GatherLeaf(run + i, previous > next ? pairs + (i * PairBytes) + DigestBytes : pairs + (gap * PairBytes));

            int height = 1;
            while (depth > 0 && bits[stack[depth - 1]] > next)
            {
                int done = stack[--depth];
                int above = depth > 0 ? bits[stack[depth - 1]] : NoBit;
                int heightAbove = heights[done] + 1;
                if (above > next)
                {
                    int parent = stack[depth - 1];
                    targets[done] = pairs + (parent * PairBytes) + DigestBytes;
                    heights[parent] = (byte)Math.Max(heights[parent], heightAbove);
                }
                else if (next != NoBit)
                {
                    targets[done] = pairs + (gap * PairBytes);
                    height = heightAbove;
                }
                else
                {
                    targets[done] = target;
                }

                _heightEnds[heights[done]]++;
                if (bindsSums)
                {
                    ulong left = sumBefore[done] - sumBefore[firstBelow[depth]];
                    ulong right = sumBefore[gap] - sumBefore[done];
                    keys[done] = KeyOf(bits[done], left, right);
                }
            }

            if (next != NoBit)
            {
                firstBelow[depth] = depth > 0 ? stack[depth - 1] : 0;
                stack[depth++] = gap;
                bits[gap] = (byte)next;
                heights[gap] = (byte)height;
            }

            previous = next;
        }

        return sumBefore[count];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GatherLeaf(AccountRecord* record, byte* target)
    {
        if (record->HasDataRoot)
        {
            _dataLeafRecords[_dataLeaves] = (byte*)record;
            _dataLeafTargets[_dataLeaves++] = target;
        }
        else
        {
            _leafRecords[_leaves] = (byte*)record;
            _leafTargets[_leaves++] = target;
        }
    }

    private void HashLeaves()
    {
        _leavesHashed += _leaves + _dataLeaves;
        TreeLanes.Leaves(_leafRecords, _leafTargets, _leaves);
        for (int first = 0; first < _dataLeaves; first += DataLeavesMax)
        {
            HashDataLeaves(first, Math.Min(_dataLeaves - first, DataLeavesMax));
        }
    }

    /// <summary>Leaves of records that a data root follows: record hashes of 96 bytes, each written into the leaf's message.</summary>
    [SkipLocalsInit]
    private void HashDataLeaves(int first, int count)
    {
        byte* records = stackalloc byte[DataLeavesMax * NodeHash.RecordWithDataRootBytes];
        byte* leaves = stackalloc byte[DataLeavesMax * NodeHash.LeafMessageBytes];
        for (int i = 0; i < count; i++)
        {
            var record = (AccountRecord*)_dataLeafRecords[first + i];
            byte* recordMessage = records + (i * NodeHash.RecordWithDataRootBytes);
            *(AccountRecord*)recordMessage = *record;
            *(Hash256*)(recordMessage + AccountRecord.SizeBytes) = _dataRoots!.Get(record->Id);
            byte* leafMessage = leaves + (i * NodeHash.LeafMessageBytes);
            *(AccountId*)leafMessage = record->Id;
            _messages[i] = recordMessage;
            _targets[i] = leafMessage + AccountId.SizeBytes;
            _keys[i] = leafMessage;
        }

        Hash256 recordKey = NodeHash.RecordKey;
        Hash256 leafKey = NodeHash.LeafKey;
        Blake3Lanes.KeyedTwoBlocks(_messages, NodeHash.RecordWithDataRootBytes, (byte*)&recordKey, _targets, count);
        Blake3Lanes.KeyedBlocks(_keys, NodeHash.LeafMessageBytes, (byte*)&leafKey, _dataLeafTargets + first, count);
    }

    /// <summary>The nodes of height 1 have leaves for children; those of height h, nothing higher than h - 1.</summary>
    private void HashRunNodes(Subtree* tree)
    {
        int total = 0;
        for (int height = 1; height <= HeightsMax; height++)
        {
            int count = _heightEnds[height];
            _heightEnds[height] = total;
            total += count;
        }

        bool bindsSums = tree->FirstBit < _translucency;
        for (int gap = 0; gap < _gaps; gap++)
        {
            int place = _heightEnds[_gapHeights[gap]]++;
            _messages[place] = _gapPairs + (gap * (long)PairBytes);
            _targets[place] = _gapTargets[gap];
            _bits[place] = _gapBits[gap];
            if (bindsSums)
            {
                _keys[place] = (byte*)(_gapKeys + gap);
            }
        }

        int start = 0;
        for (int height = 1; start < total; height++)
        {
            HashNodes(start, _heightEnds[height] - start, bindsSums);
            start = _heightEnds[height];
        }
    }

    private NodeKey KeyOf(int bitIndex, ulong leftSum, ulong rightSum) => bitIndex < _translucency
        ? NodeHash.SumKey(bitIndex, leftSum, rightSum)
        : NodeHash.PlainKey(bitIndex);

    /// <summary>Hashes gathered nodes: by their keys if some of them may bind sums, else by their bit indices.</summary>
    private void HashNodes(int first, int count, bool bindsSums)
    {
        _nodesHashed += count;
        if (bindsSums)
        {
            Blake3Lanes.KeyedPairs(_messages + first, _keys + first, _targets + first, count);
        }
        else
        {
            TreeLanes.PlainNodes(_messages + first, _bits + first, _targets + first, count);
        }
    }
}
