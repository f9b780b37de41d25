using System.Buffers.Binary;
using System.Collections.Immutable;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Statements;

/// <summary>
/// Who signs root statements, and how many of them must: a set of public keys in ascending order of their bytes, each once, and a
/// threshold of 1 up to their number. Its canonical form (docs/PROTOCOL.md, section 5) is <c>threshold(4) | count(4) | keys(32 each)</c>; a member is
/// named by its place in that order.
/// </summary>
public sealed class Committee
{
    /// <summary>The most members.</summary>
    public const int CountMax = 256;

    private const int HeadBytes = 8;

    private static readonly Hash256 DigestKey = TagKey("LC1comit"u8);

    private Committee(int threshold, ImmutableArray<PublicKey> keys)
    {
        Threshold = threshold;
        Keys = keys;
        byte[] form = new byte[SizeBytes];
        CopyTo(form);
        Digest = Blake3.KeyedHash(DigestKey, form);
    }

    /// <summary>How many members must sign.</summary>
    public int Threshold { get; }

    /// <summary>The members' keys, in ascending order.</summary>
    public ImmutableArray<PublicKey> Keys { get; }

    /// <summary>What a root statement binds: keyed("LC1comit", canonical form).</summary>
    public Hash256 Digest { get; }

    /// <summary>The length of the canonical form.</summary>
    public int SizeBytes => HeadBytes + (Keys.Length * PublicKey.ByteLength);

    /// <summary>Makes a committee of keys in any order, or says what is wrong.</summary>
    public static CommitteeFault TryCreate(int threshold, IEnumerable<PublicKey> keys, out Committee? committee)
    {
        ImmutableArray<PublicKey> sorted = [.. keys];
        return TryTake(threshold, sorted.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right.AsSpan())), out committee);
    }

    /// <summary>Reads the canonical form, or says what is wrong.</summary>
    public static CommitteeFault TryRead(ReadOnlySpan<byte> bytes, out Committee? committee)
    {
        committee = null;
        if (bytes.Length < HeadBytes)
        {
            return CommitteeFault.Length;
        }

        uint threshold = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (count is 0 or > CountMax)
        {
            return CommitteeFault.Count;
        }

        if (bytes.Length != HeadBytes + (count * PublicKey.ByteLength))
        {
            return CommitteeFault.Length;
        }

        PublicKey[] keys = new PublicKey[count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new PublicKey(bytes.Slice(HeadBytes + (i * PublicKey.ByteLength), PublicKey.ByteLength));
        }

        return threshold > count ? CommitteeFault.Threshold : TryTake((int)threshold, [.. keys], out committee);
    }

    /// <summary>Writes the canonical form, <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, Threshold);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Keys.Length);
        for (int i = 0; i < Keys.Length; i++)
        {
            Keys[i].CopyTo(destination[(HeadBytes + (i * PublicKey.ByteLength))..]);
        }
    }

    /// <summary>The member's place; negative when the key is no member's.</summary>
    public int IndexOf(in PublicKey key) => Keys.IndexOf(key);

    private static CommitteeFault TryTake(int threshold, ImmutableArray<PublicKey> keys, out Committee? committee)
    {
        committee = null;
        if (keys.Length is 0 or > CountMax)
        {
            return CommitteeFault.Count;
        }

        if (threshold < 1 || threshold > keys.Length)
        {
            return CommitteeFault.Threshold;
        }

        for (int i = 0; i < keys.Length; i++)
        {
            if (i > 0 && keys[i - 1].AsSpan().SequenceCompareTo(keys[i].AsSpan()) >= 0)
            {
                return CommitteeFault.Order;
            }

            if (Ed25519.IsSmallOrder(keys[i]))
            {
                return CommitteeFault.SmallOrderKey;
            }
        }

        committee = new Committee(threshold, keys);
        return CommitteeFault.None;
    }

    private static Hash256 TagKey(ReadOnlySpan<byte> tag)
    {
        Span<byte> key = stackalloc byte[Hash256.ByteLength];
        key.Clear();
        tag.CopyTo(key);
        return new Hash256(key);
    }
}
