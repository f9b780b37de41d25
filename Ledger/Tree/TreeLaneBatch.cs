using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The tree's two hashes on one instruction set. Both methods do as many of the items as are worth a group and return how
/// many; a group that is not full repeats its last item in the idle lanes.
/// </summary>
internal static unsafe class TreeLaneBatch<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<T>
{
    private const uint Flags =
        Blake3Constants.ChunkStart | Blake3Constants.ChunkEnd | Blake3Constants.Root | Blake3Constants.KeyedHash;

    private const int WidthMax = 16;
    private const int VectorBytesMax = 64;
    private const int IdWords = AccountId.SizeBytes / sizeof(uint);
    private const int KeyAt = 0;
    private const int LeafKeyAt = KeyAt + Blake3Constants.KeyWords;
    private const int CounterAt = LeafKeyAt + Blake3Constants.KeyWords;
    private const int MessageAt = CounterAt + 2;
    private const int WorkWords = MessageAt + Blake3Constants.BlockWords;
    private const int WorkBytes = (WorkWords * VectorBytesMax) + LaneMemory.Alignment;
    private const int BitIndexWord = 2;

    [SkipLocalsInit]
    public static int Leaves(byte** records, byte** digests, int count)
    {
        byte* buffer = stackalloc byte[WorkBytes];
        T* work = LaneMemory.Align<T>(buffer);
        byte** padded = stackalloc byte*[2 * WidthMax];
        byte* discarded = stackalloc byte[Hash256.ByteLength];

        BroadcastKey(NodeHash.RecordKey, work + KeyAt);
        BroadcastKey(NodeHash.LeafKey, work + LeafKeyAt);
        ClearCounter(work);
        int taken = Taken(count);
        for (int first = 0; first < taken; first += TLanes.Width)
        {
            byte** groupRecords = records + first;
            byte** groupDigests = digests + first;
            if (taken - first < TLanes.Width)
            {
                Pad(ref groupRecords, ref groupDigests, taken - first, padded, discarded);
            }

            LeafGroup(groupRecords, groupDigests, work);
        }

        return taken;
    }

    [SkipLocalsInit]
    public static int PlainNodes(byte** pairs, byte* bitIndices, byte** digests, int count)
    {
        byte* buffer = stackalloc byte[WorkBytes];
        T* work = LaneMemory.Align<T>(buffer);
        byte** padded = stackalloc byte*[2 * WidthMax];
        byte* discarded = stackalloc byte[Hash256.ByteLength];

        NodeKey key = NodeHash.PlainKey(0);
        BroadcastKey(Unsafe.As<NodeKey, Hash256>(ref key), work + KeyAt);
        ClearCounter(work);
        int taken = Taken(count);
        for (int first = 0; first < taken; first += TLanes.Width)
        {
            byte** groupPairs = pairs + first;
            byte** groupDigests = digests + first;
            int items = Math.Min(taken - first, TLanes.Width);
            if (items < TLanes.Width)
            {
                Pad(ref groupPairs, ref groupDigests, items, padded, discarded);
            }

            uint* bitIndexLanes = (uint*)(work + KeyAt + BitIndexWord);
            for (int lane = 0; lane < items; lane++)
            {
                bitIndexLanes[lane] = bitIndices[first + lane];
            }

            NodeGroup(groupPairs, groupDigests, work);
        }

        return taken;
    }

    /// <summary>
    /// The record's first five words are the id, which is where the leaf's message begins; the record hash goes right behind
    /// it, so that the words of the two compressions never leave the lanes.
    /// </summary>
    private static void LeafGroup(byte** records, byte** digests, T* work)
    {
        T* message = work + MessageAt;
        T* recordHash = message + IdWords;
        TLanes.LoadBlocks(records, 0, message);
        Compression.Compress<T, TLanes>(work + KeyAt, message, work + CounterAt, Blake3Constants.BlockBytes, Flags, recordHash);
        for (int word = IdWords + Blake3Constants.KeyWords; word < Blake3Constants.BlockWords; word++)
        {
            message[word] = TLanes.Broadcast(0);
        }

        Compression.Compress<T, TLanes>(work + LeafKeyAt, message, work + CounterAt, NodeHash.LeafMessageBytes, Flags, message);
        TLanes.StoreDigests(message, digests);
    }

    private static void NodeGroup(byte** pairs, byte** digests, T* work)
    {
        T* message = work + MessageAt;
        TLanes.LoadBlocks(pairs, 0, message);
        Compression.Compress<T, TLanes>(work + KeyAt, message, work + CounterAt, Blake3Constants.BlockBytes, Flags, message);
        TLanes.StoreDigests(message, digests);
    }

    private static int Taken(int count)
    {
        int rest = count % TLanes.Width;
        return rest >= TLanes.PartialGroupMin ? count : count - rest;
    }

    private static void BroadcastKey(in Hash256 key, T* words)
    {
        fixed (Hash256* bytes = &key)
        {
            for (int word = 0; word < Blake3Constants.KeyWords; word++)
            {
                words[word] = TLanes.Broadcast(((uint*)bytes)[word]);
            }
        }
    }

    private static void ClearCounter(T* work)
    {
        work[CounterAt] = TLanes.Broadcast(0);
        work[CounterAt + 1] = TLanes.Broadcast(0);
    }

    private static void Pad(ref byte** sources, ref byte** digests, int items, byte** padded, byte* discarded)
    {
        for (int lane = 0; lane < TLanes.Width; lane++)
        {
            padded[lane] = sources[Math.Min(lane, items - 1)];
            padded[WidthMax + lane] = lane < items ? digests[lane] : discarded;
        }

        sources = padded;
        digests = padded + WidthMax;
    }
}
