using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// Batches of independent compressions on one instruction set. Every method works on as many of the
/// <c>count</c> items as are worth a group (<see cref="ILanes{T}.PartialGroupMin"/>) and returns how many it did; the
/// caller gives the rest to the next narrower set. A group that is not full repeats its last item in the idle lanes
/// and throws their digests away.
/// </summary>
internal static unsafe class LaneBatch<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<T>
{
    private const int WidthMax = 16;
    private const int VectorBytesMax = 64;
    private const int KeyAt = 0;
    private const int CounterAt = KeyAt + Blake3Constants.KeyWords;
    private const int ChainingAt = CounterAt + 2;
    private const int MessageAt = ChainingAt + Blake3Constants.KeyWords;
    private const int WorkWords = MessageAt + Blake3Constants.BlockWords;
    private const int WorkBytes = (WorkWords * VectorBytesMax) + LaneMemory.Alignment;

    /// <summary>One-chunk messages of one length under one key: see <see cref="MessageForm"/>.</summary>
    [SkipLocalsInit]
    public static int Messages(byte** messages, MessageForm form, uint* key, uint mode, byte** digests, int count)
    {
        byte* buffer = stackalloc byte[WorkBytes];
        T* work = LaneMemory.Align<T>(buffer);
        byte** padded = stackalloc byte*[2 * WidthMax];
        byte* discarded = stackalloc byte[Hash256.ByteLength];

        BroadcastKey(key, work + KeyAt);
        int taken = Taken(count);
        for (int first = 0; first < taken; first += TLanes.Width)
        {
            byte** groupMessages = messages + first;
            byte** groupDigests = digests + first;
            if (taken - first < TLanes.Width)
            {
                groupMessages = PadSources(groupMessages, taken - first, padded);
                groupDigests = PadDigests(groupDigests, taken - first, padded + WidthMax, discarded);
            }

            MessageGroup(groupMessages, form, mode, groupDigests, work);
        }

        return taken;
    }

    /// <summary>
    /// Single 64-byte blocks under a key each (or, if <paramref name="keys"/> is null, under the shared
    /// <paramref name="key"/>). A block is the 64 bytes at left, or, unless <paramref name="right"/> is null, the 32
    /// at left and the 32 at right.
    /// </summary>
    [SkipLocalsInit]
    public static int Pairs(byte** left, byte** right, byte** keys, uint* key, uint flags, byte** digests, int count)
    {
        byte* buffer = stackalloc byte[WorkBytes];
        T* work = LaneMemory.Align<T>(buffer);
        byte** padded = stackalloc byte*[4 * WidthMax];
        byte* discarded = stackalloc byte[Hash256.ByteLength];

        if (keys == null)
        {
            BroadcastKey(key, work + KeyAt);
        }

        int taken = Taken(count);
        for (int first = 0; first < taken; first += TLanes.Width)
        {
            byte** groupLeft = left + first;
            byte** groupRight = right == null ? null : right + first;
            byte** groupKeys = keys == null ? null : keys + first;
            byte** groupDigests = digests + first;
            int items = taken - first;
            if (items < TLanes.Width)
            {
                groupLeft = PadSources(groupLeft, items, padded);
                groupRight = right == null ? null : PadSources(groupRight, items, padded + WidthMax);
                groupKeys = keys == null ? null : PadSources(groupKeys, items, padded + (2 * WidthMax));
                groupDigests = PadDigests(groupDigests, items, padded + (3 * WidthMax), discarded);
            }

            PairGroup(groupLeft, groupRight, groupKeys, flags, groupDigests, work);
        }

        return taken;
    }

    /// <summary>
    /// The chaining values of whole chunks that lie one behind the other (section 2.4): 32 bytes each to
    /// <paramref name="chainingValues"/>. The first chunk has the number <paramref name="counter"/>.
    /// </summary>
    [SkipLocalsInit]
    public static int Chunks(byte* input, uint* key, ulong counter, uint mode, byte* chainingValues, int count)
    {
        byte* buffer = stackalloc byte[WorkBytes];
        T* work = LaneMemory.Align<T>(buffer);
        byte** sources = stackalloc byte*[WidthMax];
        byte** digests = stackalloc byte*[WidthMax];
        byte* discarded = stackalloc byte[Hash256.ByteLength];
        uint* counterLow = (uint*)(work + CounterAt);
        uint* counterHigh = (uint*)(work + CounterAt + 1);

        BroadcastKey(key, work + KeyAt);
        int taken = Taken(count);
        for (int first = 0; first < taken; first += TLanes.Width)
        {
            for (int lane = 0; lane < TLanes.Width; lane++)
            {
                int chunk = Math.Min(first + lane, taken - 1);
                sources[lane] = input + ((nint)chunk * Blake3Constants.ChunkBytes);
                digests[lane] = first + lane < taken ? chainingValues + (chunk * Hash256.ByteLength) : discarded;
                counterLow[lane] = (uint)(counter + (ulong)chunk);
                counterHigh[lane] = (uint)((counter + (ulong)chunk) >> 32);
            }

            ChunkGroup(sources, mode, digests, work);
        }

        return taken;
    }

    private static void MessageGroup(byte** messages, MessageForm form, uint mode, byte** digests, T* work)
    {
        T* chaining = work + KeyAt;
        ClearCounter(work);
        for (int done = 0; done < form.HashedBytes; done += Blake3Constants.BlockBytes)
        {
            int start = done == 0 ? form.PrefixBytes : 0;
            int end = Math.Min(form.HashedBytes - done, Blake3Constants.BlockBytes);
            if (start == 0 && end == Blake3Constants.BlockBytes)
            {
                TLanes.LoadBlocks(messages, done - form.PrefixBytes, work + MessageAt);
            }
            else
            {
                TLanes.LoadPartialBlocks(messages, done - form.PrefixBytes, start, end, form.Prefix, work + MessageAt);
            }

            uint flags = mode
                | (done == 0 ? Blake3Constants.ChunkStart : 0)
                | (done + end == form.HashedBytes ? Blake3Constants.ChunkEnd | Blake3Constants.Root : 0);
            Compression.Compress<T, TLanes>(chaining, work + MessageAt, work + CounterAt, (uint)end, flags, work + ChainingAt);
            chaining = work + ChainingAt;
        }

        TLanes.StoreDigests(work + ChainingAt, digests);
    }

    private static void PairGroup(byte** left, byte** right, byte** keys, uint flags, byte** digests, T* work)
    {
        ClearCounter(work);
        if (keys != null)
        {
            TLanes.LoadHalfBlocks(keys, work + KeyAt);
        }

        if (right == null)
        {
            TLanes.LoadBlocks(left, 0, work + MessageAt);
        }
        else
        {
            TLanes.LoadHalfBlocks(left, work + MessageAt);
            TLanes.LoadHalfBlocks(right, work + MessageAt + (Blake3Constants.BlockWords / 2));
        }

        Compression.Compress<T, TLanes>(
            work + KeyAt, work + MessageAt, work + CounterAt, Blake3Constants.BlockBytes, flags, work + ChainingAt);
        TLanes.StoreDigests(work + ChainingAt, digests);
    }

    private static void ChunkGroup(byte** sources, uint mode, byte** digests, T* work)
    {
        T* chaining = work + KeyAt;
        for (int block = 0; block < Blake3Constants.BlocksPerChunk; block++)
        {
            uint flags = mode
                | (block == 0 ? Blake3Constants.ChunkStart : 0)
                | (block == Blake3Constants.BlocksPerChunk - 1 ? Blake3Constants.ChunkEnd : 0);
            TLanes.LoadBlocks(sources, block * Blake3Constants.BlockBytes, work + MessageAt);
            Compression.Compress<T, TLanes>(
                chaining, work + MessageAt, work + CounterAt, Blake3Constants.BlockBytes, flags, work + ChainingAt);
            chaining = work + ChainingAt;
        }

        TLanes.StoreDigests(work + ChainingAt, digests);
    }

    private static int Taken(int count)
    {
        int rest = count % TLanes.Width;
        return rest >= TLanes.PartialGroupMin ? count : count - rest;
    }

    private static void BroadcastKey(uint* key, T* words)
    {
        for (int word = 0; word < Blake3Constants.KeyWords; word++)
        {
            words[word] = TLanes.Broadcast(key[word]);
        }
    }

    private static void ClearCounter(T* work)
    {
        work[CounterAt] = TLanes.Broadcast(0);
        work[CounterAt + 1] = TLanes.Broadcast(0);
    }

    private static byte** PadSources(byte** sources, int items, byte** padded)
    {
        for (int lane = 0; lane < TLanes.Width; lane++)
        {
            padded[lane] = sources[Math.Min(lane, items - 1)];
        }

        return padded;
    }

    private static byte** PadDigests(byte** digests, int items, byte** padded, byte* discarded)
    {
        for (int lane = 0; lane < TLanes.Width; lane++)
        {
            padded[lane] = lane < items ? digests[lane] : discarded;
        }

        return padded;
    }
}
