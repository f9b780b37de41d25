using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>Every lane function against the one-shot hash, on random input. See <see cref="Blake3Checks"/>.</summary>
internal static unsafe class LaneChecks
{
    private const int CountMax = 70;
    private static readonly int[] s_fewCounts = [1, 2, 3, 8, 9, 16, 21, 33];

    public static int RunAll()
        => EveryCountGivesOneShot() + EveryLengthGivesOneShot() + DigestOverOwnMessageGivesOneShot() + MessagesAtPageEdgesGiveOneShot();

    public static int EveryCountGivesOneShot()
    {
        int compared = 0;
        for (int count = 0; count <= CountMax; count++)
        {
            using LaneItems items = new(count, seed: count);
            compared += KeyedBlocks(items, 52) + KeyedBlocks(items, 64) + KeyedTwoBlocks(items, 96)
                + TaggedHash(items, 104) + TaggedHash(items, 40) + PlainHash(items, 32);
            compared += Pairs(items, (messages, digests) => Blake3Lanes.KeyedPairs(messages, items.Key, digests, count), ownKeys: false);
            compared += Pairs(items, (messages, digests) => Blake3Lanes.KeyedPairs(messages, items.Keys, digests, count), ownKeys: true);
            compared += Halves(items, (left, right, digests) => Blake3Lanes.KeyedPairs(left, right, items.Key, digests, count), ownKeys: false);
            compared += Halves(items, (left, right, digests) => Blake3Lanes.KeyedPairs(left, right, items.Keys, digests, count), ownKeys: true);
        }

        return compared;
    }

    public static int EveryLengthGivesOneShot()
    {
        int compared = 0;
        foreach (int count in s_fewCounts)
        {
            using LaneItems items = new(count, seed: 1000 + count);
            for (int length = 1; length <= 64; length++)
            {
                compared += KeyedBlocks(items, length) + KeyedTwoBlocks(items, 64 + length);
            }

            for (int length = 0; length <= 120; length++)
            {
                compared += TaggedHash(items, length);
            }

            for (int length = 1; length <= 128; length++)
            {
                compared += PlainHash(items, length);
            }
        }

        return compared;
    }

    public static int DigestOverOwnMessageGivesOneShot()
    {
        foreach (int count in s_fewCounts)
        {
            using LaneItems items = new(count, seed: 2000 + count);
            Hash256[] expected = [.. Enumerable.Range(0, count).Select(item => Blake3.KeyedHash(items.KeyOf(item), items.Message(item, 64)))];
            Blake3Lanes.KeyedPairs(items.Messages, items.Keys, items.Messages, count);
            for (int item = 0; item < count; item++)
            {
                Assert.Equal(expected[item], new Hash256(items.Message(item, 32)));
            }
        }

        return s_fewCounts.Sum();
    }

    /// <summary>Messages that begin and end where memory does: not a byte beside them may be read.</summary>
    public static int MessagesAtPageEdgesGiveOneShot()
    {
        using GuardedPage page = new();
        int compared = 0;
        foreach (int count in s_fewCounts)
        {
            for (int length = 0; length <= 128; length++)
            {
                using LaneItems items = new(count, seed: 3000 + length);
                for (int item = 0; item < count; item++)
                {
                    items.Messages[item] = item % 2 == 0 ? page.Start : page.End - length;
                }

                compared += length is >= 1 and <= 64 ? KeyedBlocks(items, length) : 0;
                compared += length > 64 ? KeyedTwoBlocks(items, length) : 0;
                compared += length <= 120 ? TaggedHash(items, length) : 0;
            }
        }

        return compared;
    }

    private static int KeyedBlocks(LaneItems items, int length)
    {
        Blake3Lanes.KeyedBlocks(items.Messages, length, items.Key, items.Digests, items.Count);
        return items.AssertDigests(item => Blake3.KeyedHash(items.SharedKey, items.Message(item, length)));
    }

    private static int KeyedTwoBlocks(LaneItems items, int length)
    {
        Blake3Lanes.KeyedTwoBlocks(items.Messages, length, items.Key, items.Digests, items.Count);
        return items.AssertDigests(item => Blake3.KeyedHash(items.SharedKey, items.Message(item, length)));
    }

    private static int TaggedHash(LaneItems items, int length)
    {
        const ulong tag = 0x8877_6655_4433_2211;
        Blake3Lanes.TaggedHash(items.Messages, length, tag, items.Digests, items.Count);
        return items.AssertDigests(item =>
        {
            byte[] tagged = new byte[8 + length];
            BinaryPrimitives.WriteUInt64LittleEndian(tagged, tag);
            items.Message(item, length).CopyTo(tagged.AsSpan(8));
            return Blake3.Hash(tagged);
        });
    }

    private static int PlainHash(LaneItems items, int length)
    {
        Blake3Lanes.Hash(items.Messages, length, items.Digests, items.Count);
        return items.AssertDigests(item => Blake3.Hash(items.Message(item, length)));
    }

    private static int Pairs(LaneItems items, PairCall call, bool ownKeys)
    {
        call(items.Messages, items.Digests);
        return items.AssertDigests(item => Blake3.KeyedHash(ownKeys ? items.KeyOf(item) : items.SharedKey, items.Message(item, 64)));
    }

    private static int Halves(LaneItems items, HalvesCall call, bool ownKeys)
    {
        call(items.Messages, items.Rights, items.Digests);
        return items.AssertDigests(item => Blake3.KeyedHash(
            ownKeys ? items.KeyOf(item) : items.SharedKey, [.. items.Message(item, 32), .. items.RightOf(item)]));
    }

    private delegate void PairCall(byte** messages, byte** digests);

    private delegate void HalvesCall(byte** left, byte** right, byte** digests);
}
