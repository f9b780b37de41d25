using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Keys;

public sealed class PrivateKeyTests
{
    [Fact]
    public void Sign_Rfc8032Vectors_GivesKnownKeyAndSignature()
        => Assert.All(Rfc8032Vectors.Cases, known =>
        {
            using PrivateKey key = PrivateKey.FromSeed(known.Seed);
            Assert.Equal(known.PublicKey, key.PublicKey);
            Assert.Equal(known.Signature, key.Sign(known.Message));
        });

    [Fact]
    public void Generate_Twice_GivesDifferentKeysThatSign()
    {
        using PrivateKey first = PrivateKey.Generate();
        using PrivateKey second = PrivateKey.Generate();
        Signature signature = first.Sign("message"u8);

        Assert.NotEqual(first.PublicKey, second.PublicKey);
        Assert.True(Ed25519.Verify(first.PublicKey, "message"u8, signature));
        Assert.False(Ed25519.Verify(second.PublicKey, "message"u8, signature));
    }

    [Fact]
    public void CopySeedTo_OfGeneratedKey_GivesSeedOfSameKey()
    {
        using PrivateKey key = PrivateKey.Generate();
        byte[] seed = new byte[PrivateKey.SeedLength];
        key.CopySeedTo(seed);
        using PrivateKey again = PrivateKey.FromSeed(seed);

        Assert.Equal(key.PublicKey, again.PublicKey);
        Assert.Equal(key.Sign("message"u8), again.Sign("message"u8));
    }

    [Fact]
    public void Dispose_ThenSignOrCopy_Throws()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        PrivateKey key = PrivateKey.FromSeed(known.Seed);
        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign(known.Message));
        Assert.Throws<ObjectDisposedException>(() => key.CopySeedTo(new byte[PrivateKey.SeedLength]));
        Assert.Equal(known.PublicKey, key.PublicKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void FromSeed_WrongLength_Throws(int length)
    {
        Assert.Throws<ArgumentException>(() => PrivateKey.FromSeed(new byte[length]));
        using PrivateKey key = PrivateKey.FromSeed(Rfc8032Vectors.Short.Seed);
        Assert.Throws<ArgumentException>(() => key.CopySeedTo(new byte[length]));
    }

    [Fact]
    public void Sign_ManyThreadsOneKey_GivesOneSignature()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        using PrivateKey key = PrivateKey.FromSeed(known.Seed);
        Signature[] signatures = new Signature[200];
        Parallel.For(0, signatures.Length, index => signatures[index] = key.Sign(known.Message));

        Assert.All(signatures, signature => Assert.Equal(known.Signature, signature));
    }
}
