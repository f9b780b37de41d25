using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Keys;

public sealed unsafe class KeyValuesTests
{
    [Fact]
    public void Values_InMemory_AreTheirBytes()
    {
        Assert.Equal(32, sizeof(PublicKey));
        Assert.Equal(64, sizeof(Signature));
    }

    [Fact]
    public void Values_AnyBytes_RoundTripThroughHexAndCopy()
        => Prop.ForAll(Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>(), 64).ToArbitrary(), bytes =>
        {
            PublicKey key = new(bytes.AsSpan(0, 32));
            Signature signature = new(bytes);
            byte[] copy = new byte[100];
            signature.CopyTo(copy);
            key.CopyTo(copy.AsSpan(64));
            return string.Equals(signature.ToString(), Convert.ToHexStringLower(bytes), StringComparison.Ordinal)
                && Signature.Parse(signature.ToString()) == signature
                && PublicKey.Parse(key.ToString().ToUpperInvariant()) == key
                && key.GetHashCode() == PublicKey.Parse(key.ToString()).GetHashCode()
                && copy.AsSpan(0, 64).SequenceEqual(bytes)
                && copy.AsSpan(64, 32).SequenceEqual(bytes.AsSpan(0, 32))
                && signature.AsSpan().SequenceEqual(bytes) && key.AsSpan().SequenceEqual(bytes.AsSpan(0, 32));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Values_OneByteDifferent_AreNotEqual()
    {
        for (int at = 0; at < Signature.ByteLength; at++)
        {
            byte[] bytes = new byte[Signature.ByteLength];
            bytes[at] = 1;
            Assert.True(new Signature(bytes) != default);
            Assert.False(new Signature(bytes).Equals((object)default(Signature)));
            Assert.Equal(at < 32, new PublicKey(bytes.AsSpan(0, 32)) != default);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz")]
    public void Parse_AnythingButItsDigits_IsRefused(string text)
    {
        Assert.False(PublicKey.TryParse(text, out _));
        Assert.False(PublicKey.TryParse(new string('g', 64), out _));
        Assert.False(Signature.TryParse(text, out _));
        Assert.False(Signature.TryParse(new string('g', 128), out _));
        Assert.Throws<FormatException>(() => PublicKey.Parse(text));
        Assert.Throws<FormatException>(() => Signature.Parse(text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(65)]
    public void Constructors_WrongLength_Throw(int length)
    {
        Assert.Throws<ArgumentException>(() => new PublicKey(new byte[length]));
        Assert.Throws<ArgumentException>(() => new Signature(new byte[length]));
    }
}
