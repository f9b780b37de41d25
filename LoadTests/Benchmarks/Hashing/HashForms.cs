using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>
/// The forms in which the ledger hashes short messages, each over the same few items, which lie in the first-level cache: what
/// is measured is hashing, not memory.
/// </summary>
internal sealed unsafe class HashForms : IDisposable
{
    /// <summary>Items of one batch.</summary>
    public const int Items = 128;

    /// <summary>The form that is judged: 64 bytes under a key of the item's own, one compression.</summary>
    public const string Judged = "inner node: 64 bytes, a key each";

    private const int RoomBytes = 128;
    private const int LeafBytes = 52;
    private const int RecordWithDataRootBytes = 96;
    private const int BodyBytes = 104;
    private const int PublicKeyBytes = 32;
    private const ulong BodyTag = 0x5F72_6566_7831_434C; // "LC1xfer_"

    private readonly byte* _memory;
    private readonly byte** _messages;
    private readonly byte** _halves;
    private readonly byte** _keys;
    private readonly byte** _digests;

    public HashForms()
    {
        const int digestsAt = Items * RoomBytes;
        const int keysAt = digestsAt + (Items * Hash256.ByteLength);
        const int pointersAt = keysAt + (Items * Hash256.ByteLength);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(pointersAt + (4 * Items * sizeof(byte*))), 64);
        new Random(1).NextBytes(new Span<byte>(_memory, pointersAt));
        _messages = (byte**)(_memory + pointersAt);
        _halves = _messages + Items;
        _keys = _halves + Items;
        _digests = _keys + Items;
        for (int item = 0; item < Items; item++)
        {
            _messages[item] = _memory + (item * RoomBytes);
            _halves[item] = _messages[item] + Hash256.ByteLength;
            _digests[item] = _memory + digestsAt + (item * Hash256.ByteLength);
            _keys[item] = _memory + keysAt + (item * Hash256.ByteLength);
        }
    }

    /// <summary>Each form's name, how many compressions an item takes, and what hashes all items once.</summary>
    public IReadOnlyList<(string Name, int Compressions, Action Batch)> All =>
    [
        (Judged, 1, () => Blake3Lanes.KeyedPairs(_messages, _keys, _digests, Items)),
        ("inner node: two halves of 32 bytes, a key each", 1, () => Blake3Lanes.KeyedPairs(_messages, _halves, _keys, _digests, Items)),
        ("record: 64 bytes, one key", 1, () => Blake3Lanes.KeyedPairs(_messages, _keys[0], _digests, Items)),
        ("leaf: 52 bytes, one key", 1, () => Blake3Lanes.KeyedBlocks(_messages, LeafBytes, _keys[0], _digests, Items)),
        ("record with data root: 96 bytes, one key", 2,
            () => Blake3Lanes.KeyedTwoBlocks(_messages, RecordWithDataRootBytes, _keys[0], _digests, Items)),
        ("account id: 32 bytes, no key", 1, () => Blake3Lanes.Hash(_messages, PublicKeyBytes, _digests, Items)),
        ("transfer id: tag and 104 bytes, no key", 2, () => Blake3Lanes.TaggedHash(_messages, BodyBytes, BodyTag, _digests, Items)),
    ];

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
