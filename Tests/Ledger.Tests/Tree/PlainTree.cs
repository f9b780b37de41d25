using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>
/// The oracle: the synopsis tree written down from docs/PROTOCOL.md, section 2, recursively, with one-shot hashes and nothing
/// from the code under test.
/// </summary>
internal static class PlainTree
{
    public static Synopsis Of(IEnumerable<PlainAccount> accounts, int translucency) => Node([.. accounts], 0, translucency);

    public static Hash256 RecordHash(PlainAccount account)
    {
        byte[] record = RecordBytes(account.Record);
        return Blake3.KeyedHash(Tag("LC1recrd"u8), account.DataRoot is { } root ? [.. record, .. root.AsSpan()] : record);
    }

    /// <summary>The 64 bytes of a record, field by field.</summary>
    public static byte[] RecordBytes(in AccountRecord record)
    {
        byte[] bytes = new byte[64];
        record.Id.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)record.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), record.Balance.Units);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), record.Frozen.Units);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), record.NonceHighest);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(48), record.NonceBitmap);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(56), record.Salt);
        return bytes;
    }

    private static Synopsis Node(List<PlainAccount> accounts, int bit, int translucency)
    {
        if (accounts.Count == 0)
        {
            return new Synopsis(Hash256.Zero, 0);
        }

        if (accounts is [PlainAccount only])
        {
            byte[] leaf = [.. IdBytes(only.Record.Id), .. RecordHash(only).AsSpan()];
            return new Synopsis(Blake3.KeyedHash(Tag("LC1leaf_"u8), leaf), only.Record.Balance.Units);
        }

        List<PlainAccount> zeros = accounts.FindAll(account => BitOf(account.Record.Id, bit) == 0);
        List<PlainAccount> ones = accounts.FindAll(account => BitOf(account.Record.Id, bit) == 1);
        Synopsis left = Node(zeros, bit + 1, translucency);
        Synopsis right = Node(ones, bit + 1, translucency);
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.IsEmpty ? right : left;
        }

        byte[] key = new byte[32];
        bool bound = bit < translucency;
        (bound ? "LC1sumnd"u8 : "LC1plain"u8).CopyTo(key);
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(8), (ulong)bit);
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(16), bound ? left.Sum : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(24), bound ? right.Sum : 0);
        byte[] message = [.. left.Digest.AsSpan(), .. right.Digest.AsSpan()];
        return new Synopsis(Blake3.KeyedHash(key, message), checked(left.Sum + right.Sum));
    }

    private static int BitOf(in AccountId id, int bit) => (IdBytes(id)[bit / 8] >> (7 - (bit % 8))) & 1;

    private static byte[] IdBytes(in AccountId id)
    {
        byte[] bytes = new byte[20];
        id.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Tag(ReadOnlySpan<byte> tag)
    {
        byte[] key = new byte[32];
        tag.CopyTo(key);
        return key;
    }
}
