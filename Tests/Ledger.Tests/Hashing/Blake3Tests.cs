using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

public sealed class Blake3Tests
{
    [Fact]
    public void OneShot_PublishedVectors_GivesKnownOutputs() => Assert.Equal(5 * 35, Blake3Checks.OneShotGivesVectors());

    [Fact]
    public void Hasher_PublishedVectorsInPieces_GivesKnownOutputs() => Assert.Equal(3 * 35 * 11, Blake3Checks.HasherGivesVectors());

    [Fact]
    public void Hash_InputsOfManyBatches_GivesKnownHashes() => Assert.Equal(12, Blake3Checks.LongInputsGiveKnownHashes());

    [Fact]
    public void DeriveKey_LongContextOutsideAscii_GivesKnownOutput()
    {
        // Computed with another implementation.
        byte[] output = new byte[32];
        Blake3.DeriveKey(new string('\u00E9', 300), "key material"u8, output);

        Assert.Equal("3a3a13a3a5a7f655bf11b56ed8b02c2838c8549715ad07af94009454d7481421", Convert.ToHexStringLower(output));
    }

    [Fact]
    public void KeyedHash_KeyOfWrongLength_Throws()
    {
        Assert.Throws<ArgumentException>(() => Blake3.KeyedHash(new byte[31], []));
        Assert.Throws<ArgumentException>(() => Blake3.KeyedHash(new byte[33], []));
    }

    [Fact]
    public void Hash_OutputOverInput_GivesSameHash()
    {
        byte[] bytes = Blake3Vectors.Input(5000);
        Hash256 expected = Blake3.Hash(bytes);

        Blake3.Hash(bytes, bytes.AsSpan(0, 32));

        Assert.Equal(expected, new Hash256(bytes.AsSpan(0, 32)));
    }

    [Fact]
    public void Hashing_OfAnyKind_AllocatesNothing()
    {
        byte[] input = Blake3Vectors.Input(1 << 20);
        byte[] output = new byte[200];
        Blake3Hasher hasher = new();
        Hash256 key = Blake3.Hash("key"u8);
        void HashAll()
        {
            Blake3.Hash(input);
            Blake3.Hash(input, output);
            Blake3.KeyedHash(key, input);
            Blake3.DeriveKey("context", input, output);
            hasher.Reset();
            hasher.Update(input);
            hasher.FinalizeHash(output);
        }

        Assert.Equal(0, Allocation.FewestBytes(HashAll));
    }
}
