using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// Many short BLAKE3 hashes at a time, one SIMD lane each: the ledger's hot path. Every digest is the standard hash or
/// keyed hash of its message alone, as any BLAKE3 library gives it.
/// </summary>
/// <remarks>
/// All methods take arrays of <c>count</c> pointers, none null, of any alignment. Of a message exactly
/// <c>messageLength</c> bytes are read, of a key 32, to a digest 32 are written; no byte outside is touched. Nothing
/// is allocated. A digest may lie where its own message or key lies, but nowhere in those of another item. Batches
/// of 16 and more run at full speed; a batch below 3 is done one by one. The pointers are trusted: they must be
/// right.
/// </remarks>
public static unsafe class Blake3Lanes
{
    private const uint SingleBlock = Blake3Constants.ChunkStart | Blake3Constants.ChunkEnd | Blake3Constants.Root;
    private const int TaggedMessageLengthMax = (2 * Blake3Constants.BlockBytes) - sizeof(ulong);

    /// <summary>The keyed hash of messages of 1 to 64 bytes, all of one length, under one key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length or the count is out of range.</exception>
    public static void KeyedBlocks(byte** messages, int messageLength, byte* key, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLength, Blake3Constants.BlockBytes);
        KeyedMessages(messages, messageLength, key, digests, count);
    }

    /// <summary>The keyed hash of messages of 65 to 128 bytes, all of one length, under one key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length or the count is out of range.</exception>
    public static void KeyedTwoBlocks(byte** messages, int messageLength, byte* key, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageLength, Blake3Constants.BlockBytes + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLength, 2 * Blake3Constants.BlockBytes);
        KeyedMessages(messages, messageLength, key, digests, count);
    }

    /// <summary>The keyed hash of 64-byte messages, each under the 32-byte key of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static void KeyedPairs(byte** messages, byte** keys, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        LaneDispatch.Pairs(messages, null, keys, null, SingleBlock | Blake3Constants.KeyedHash, digests, count);
    }

    /// <summary>The keyed hash of left(32) | right(32), each under the 32-byte key of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static void KeyedPairs(byte** left, byte** right, byte** keys, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        LaneDispatch.Pairs(left, right, keys, null, SingleBlock | Blake3Constants.KeyedHash, digests, count);
    }

    /// <summary>The keyed hash of 64-byte messages under one 32-byte key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    [SkipLocalsInit]
    public static void KeyedPairs(byte** messages, byte* key, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Hash256 keyWords = Unsafe.ReadUnaligned<Hash256>(key);
        LaneDispatch.Pairs(messages, null, null, (uint*)&keyWords, SingleBlock | Blake3Constants.KeyedHash, digests, count);
    }

    /// <summary>The keyed hash of left(32) | right(32) under one 32-byte key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    [SkipLocalsInit]
    public static void KeyedPairs(byte** left, byte** right, byte* key, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Hash256 keyWords = Unsafe.ReadUnaligned<Hash256>(key);
        LaneDispatch.Pairs(left, right, null, (uint*)&keyWords, SingleBlock | Blake3Constants.KeyedHash, digests, count);
    }

    /// <summary>
    /// The unkeyed hash of tag(8, little-endian) | message, for messages of 0 to 120 bytes, all of one length. The
    /// messages are not copied, and nothing before them is read.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The length or the count is out of range.</exception>
    public static void TaggedHash(byte** messages, int messageLength, ulong tag, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLength, TaggedMessageLengthMax);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Hash256 key = Blake3Constants.Iv;
        LaneDispatch.Messages(messages, MessageForm.Prefixed(tag, messageLength), (uint*)&key, 0, digests, count);
    }

    /// <summary>The unkeyed hash of messages of 1 to 128 bytes, all of one length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length or the count is out of range.</exception>
    public static void Hash(byte** messages, int messageLength, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLength, 2 * Blake3Constants.BlockBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Hash256 key = Blake3Constants.Iv;
        LaneDispatch.Messages(messages, MessageForm.Plain(messageLength), (uint*)&key, 0, digests, count);
    }

    private static void KeyedMessages(byte** messages, int messageLength, byte* key, byte** digests, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Hash256 keyWords = Unsafe.ReadUnaligned<Hash256>(key);
        LaneDispatch.Messages(
            messages, MessageForm.Plain(messageLength), (uint*)&keyWords, Blake3Constants.KeyedHash, digests, count);
    }
}
