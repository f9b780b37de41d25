using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Proofs;

/// <summary>
/// What a stranger would write from docs/PROTOCOL.md, sections 2 and 6, with a BLAKE3 library and nothing else: recomputes root
/// digest and sum from the bytes of a valid inclusion proof.
/// </summary>
internal static class PlainVerifier
{
    public static (Hash256 Digest, ulong? Sum) RootOfInclusion(byte[] proof)
    {
        int nodes = proof[2];
        int bound = proof[3];
        bool hasDataRoot = (proof[4 + 20] & 1) != 0;
        byte[] record = proof[4..(4 + 64 + (hasDataRoot ? 32 : 0))];
        byte[] id = record[..20];
        int at = 4 + record.Length;
        ulong sum = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(24));
        if (bound > 0 && nodes > bound)
        {
            sum = BinaryPrimitives.ReadUInt64LittleEndian(proof.AsSpan(at));
            at += 8;
        }

        var path = new List<(byte[] BitIndex, byte[] Sibling, byte[]? Sum)>();
        for (int i = 0; i < nodes; i++)
        {
            path.Add((proof[at..(at + 1)], proof[(at + 1)..(at + 33)], i < bound ? proof[(at + 33)..(at + 41)] : null));
            at += i < bound ? 41 : 33;
        }

        byte[] digest = Keyed("LC1leaf_"u8, [.. id, .. Keyed("LC1recrd"u8, record)]);
        for (int i = nodes - 1; i >= 0; i--)
        {
            (byte[] bitIndex, byte[] sibling, byte[]? siblingSum) = path[i];
            bool isRight = ((id[bitIndex[0] / 8] >> (7 - (bitIndex[0] % 8))) & 1) == 1;
            byte[] key = [.. siblingSum is null ? "LC1plain"u8 : "LC1sumnd"u8, .. bitIndex, .. new byte[7]];
            if (siblingSum is not null)
            {
                byte[] own = BitConverter.GetBytes(sum);
                key = isRight ? [.. key, .. siblingSum, .. own] : [.. key, .. own, .. siblingSum];
                sum += BitConverter.ToUInt64(siblingSum);
            }

            digest = Keyed(key, isRight ? [.. sibling, .. digest] : [.. digest, .. sibling]);
        }

        return (new Hash256(digest), bound > 0 || nodes == 0 ? sum : null);
    }

    private static byte[] Keyed(ReadOnlySpan<byte> key, byte[] message)
    {
        byte[] padded = new byte[32];
        key.CopyTo(padded);
        return Blake3.KeyedHash(padded, message).AsSpan().ToArray();
    }
}
