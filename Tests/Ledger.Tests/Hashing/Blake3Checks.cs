using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// What must hold of BLAKE3 on every path. The tests run these in their own process, on its best path, and
/// <see cref="PathProbe"/> runs them in a child process for each of the others. Each returns how many outputs it compared.
/// </summary>
internal static class Blake3Checks
{
    public static int RunAll()
        => OneShotGivesVectors() + HasherGivesVectors() + LongInputsGiveKnownHashes() + LaneChecks.RunAll();

    public static int OneShotGivesVectors()
    {
        Blake3Vectors vectors = Blake3Vectors.All;
        Hash256 key = new(vectors.Key);
        foreach (Blake3Vectors.Case known in vectors.Cases)
        {
            Assert.Equal(known.Hash, Output(known.Hash.Length, output => Blake3.Hash(known.Input, output)));
            Assert.Equal(known.KeyedHash, Output(known.KeyedHash.Length, output => Blake3.KeyedHash(key, known.Input, output)));
            Assert.Equal(known.DerivedKey, Output(known.DerivedKey.Length, output => Blake3.DeriveKey(vectors.Context, known.Input, output)));
            Assert.Equal(new Hash256(known.Hash.AsSpan(0, 32)), Blake3.Hash(known.Input));
            Assert.Equal(new Hash256(known.KeyedHash.AsSpan(0, 32)), Blake3.KeyedHash(key, known.Input));
        }

        return 5 * vectors.Cases.Count;
    }

    /// <summary>In pieces of many sizes, with output asked for in between, and again after a reset.</summary>
    public static int HasherGivesVectors()
    {
        Blake3Vectors vectors = Blake3Vectors.All;
        Blake3Hasher plain = new();
        Blake3Hasher keyed = Blake3Hasher.Keyed(new Hash256(vectors.Key));
        Blake3Hasher derived = Blake3Hasher.ForDeriveKey(vectors.Context);
        int[] pieces = [1, 63, 64, 65, 1000, 1024, 1025, 3000, 16384, 50_000, 200_000];
        int compared = 0;
        foreach (Blake3Vectors.Case known in vectors.Cases)
        {
            foreach (int piece in pieces)
            {
                Assert.Equal(known.Hash, InPieces(plain, known.Input, piece, known.Hash.Length));
                Assert.Equal(known.KeyedHash, InPieces(keyed, known.Input, piece, known.KeyedHash.Length));
                Assert.Equal(known.DerivedKey, InPieces(derived, known.Input, piece, known.DerivedKey.Length));
                compared += 3;
            }
        }

        return compared;
    }

    /// <summary>Beyond the published vectors: more than one batch of 256 chunks. Computed with another implementation.</summary>
    public static int LongInputsGiveKnownHashes()
    {
        (int Length, string Hash)[] knowns =
        [
            (262_144, "d57dc906e20d3fd326ffaa85535500486f46a0979f5a323f028dcabfd381fd4a"),
            (262_145, "531c319935cf78f34869faebd865e5748266b1799039103bfb851a680d9ed30c"),
            (300_007, "5ced0b7badb78d181501c9ad318cab5e92037f9910c213193549dc6fc0e56da2"),
            (1_048_576, "74cb441fd087764ca9c3694da742ebe30cbeb3060a17009ca81825c7a8d10343"),
            (1_049_601, "860f19b5fefff01454de342be87a20059449529116a20fb22a21da665aafa071"),
            (3_145_805, "2d73fca65af826c9ead9180eaf7d83e1b0e3a7bdb55ba17465155ec442f7df41"),
        ];
        Blake3Hasher hasher = new();
        foreach ((int length, string hash) in knowns)
        {
            byte[] input = Blake3Vectors.Input(length);
            Assert.Equal(hash, Blake3.Hash(input).ToString());
            Assert.Equal(Convert.FromHexString(hash), InPieces(hasher, input, 77_777, 32));
        }

        return 2 * knowns.Length;
    }

    private static byte[] InPieces(Blake3Hasher hasher, byte[] input, int piece, int outputLength)
    {
        hasher.Reset();
        for (int start = 0; start < input.Length; start += piece)
        {
            hasher.Update(input.AsSpan(start, Math.Min(piece, input.Length - start)));
            if (start % 7 == 0)
            {
                hasher.FinalizeHash();
            }
        }

        return Output(outputLength, hasher.FinalizeHash);
    }

    private static byte[] Output(int length, OutputWriter write)
    {
        byte[] output = new byte[length];
        write(output);
        return output;
    }

    private delegate void OutputWriter(Span<byte> output);
}
