using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>Signatures as payers make them, and the same with something changed.</summary>
internal static class SignedSamples
{
    /// <summary>Valid signatures by so many keys in turn, over messages of lengths around the ends of SHA-512's blocks and others.</summary>
    public static List<SignatureCase> Valid(int seed, int count, int keyCount)
    {
        var random = new Random(seed);
        byte[][] seeds = [.. Enumerable.Range(0, keyCount).Select(_ => CraftedSignatures.Bytes(random, PrivateKey.SeedLength))];
        var cases = new List<SignatureCase>(count);
        for (int i = 0; i < count; i++)
        {
            using PrivateKey key = PrivateKey.FromSeed(seeds[i % keyCount]);
            byte[] message = CraftedSignatures.Bytes(random, i % 3 == 0 ? 40 + (i / 3 % 30) : i % 3 == 1 ? 112 : random.Next(600));
            cases.Add(new($"signed {i}", key.PublicKey.AsSpan().ToArray(), message, key.Sign(message).AsSpan().ToArray(), IsValid: true));
        }

        return cases;
    }

    /// <summary>The same with one bit of key, message or signature turned over.</summary>
    public static SignatureCase Mutated(SignatureCase item, Random random)
    {
        byte[] key = [.. item.Key];
        byte[] message = [.. item.Message];
        byte[] signature = [.. item.Signature];
        byte[] target = random.Next(4) switch { 0 => key, 1 when message.Length > 0 => message, _ => signature };
        int bit = random.Next(8 * target.Length);
        target[bit / 8] ^= (byte)(1 << (bit % 8));
        return new(item.Name + ", mutated", key, message, signature, IsValid: false);
    }
}
