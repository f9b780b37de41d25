using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>The limit of the update: compressions of 64 bytes under one key, whose messages and digests stay in the second-level cache.</summary>
internal static unsafe class HashingAlone
{
    private const int Items = 2048;
    private const int MessageBytes = 64;
    private const int Bytes = (Items * (MessageBytes + Hash256.ByteLength)) + Hash256.ByteLength;
    private const int Runs = 60;

    /// <summary>Nanoseconds a compression, in the best run on this thread.</summary>
    public static double NanosecondsPerCompression()
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(Bytes, MessageBytes);
        byte** messages = (byte**)NativeMemory.Alloc(2 * Items, (nuint)sizeof(byte*));
        byte** digests = messages + Items;
        new Random(1).NextBytes(new Span<byte>(memory, Bytes));
        for (int item = 0; item < Items; item++)
        {
            messages[item] = memory + (item * MessageBytes);
            digests[item] = memory + (Items * MessageBytes) + ((item + 1) * Hash256.ByteLength);
        }

        byte* key = memory + (Items * MessageBytes);
        Sample sample = Sample.OfBatches(Items, Runs, () => Blake3Lanes.KeyedPairs(messages, key, digests, Items));
        NativeMemory.Free(messages);
        NativeMemory.AlignedFree(memory);
        return sample.BestNanoseconds;
    }
}
