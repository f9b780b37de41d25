using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

public sealed unsafe class Hash256Tests
{
    [Fact]
    public void Hash256_InMemory_IsItsBytes()
    {
        byte[] bytes = Blake3Vectors.Input(32);
        Hash256 hash = new(bytes);

        Assert.Equal(32, sizeof(Hash256));
        Assert.Equal(bytes, hash.AsSpan().ToArray());
        Assert.Equal(bytes, new ReadOnlySpan<byte>(&hash, 32).ToArray());
    }

    [Fact]
    public void Hash256_AnyBytes_RoundTripThroughHexAndCopy()
        => Prop.ForAll(Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>(), 32).ToArbitrary(), bytes =>
        {
            Hash256 hash = new(bytes);
            byte[] copy = new byte[40];
            hash.CopyTo(copy);
            return string.Equals(hash.ToString(), Convert.ToHexStringLower(bytes), StringComparison.Ordinal)
                && Hash256.Parse(hash.ToString()) == hash
                && Hash256.TryParse(hash.ToString().ToUpperInvariant(), out Hash256 upper) && upper == hash
                && copy.AsSpan(0, 32).SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hash256_AnyTwo_CompareAsTheirBytesDo()
        => Prop.ForAll(
            Gen.ArrayOf(Gen.Choose(0, 2).Select(value => (byte)(value * 127)), 32).ToArbitrary(),
            Gen.Choose(0, 31).ToArbitrary(),
            (bytes, position) =>
            {
                byte[] otherBytes = [.. bytes];
                otherBytes[position] ^= 0x80;
                Hash256 hash = new(bytes);
                Hash256 other = new(otherBytes);
                int expected = bytes.AsSpan().SequenceCompareTo(otherBytes);
                return Math.Sign(hash.CompareTo(other)) == Math.Sign(expected)
                    && hash < other == expected < 0
                    && hash != other && !hash.Equals((object)other)
                    && hash == new Hash256(bytes) && hash.GetHashCode() == new Hash256(bytes).GetHashCode();
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hash256_Zero_IsZeroAndNothingElseIs()
    {
        Assert.True(Hash256.Zero.IsZero);
        for (int position = 0; position < 32; position++)
        {
            byte[] bytes = new byte[32];
            bytes[position] = 1;
            Assert.False(new Hash256(bytes).IsZero);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000")]
    public void Parse_AnythingButSixtyFourDigits_IsRefused(string text)
    {
        Assert.False(Hash256.TryParse(text, out Hash256 hash));
        Assert.True(hash.IsZero);
        Assert.Throws<FormatException>(() => Hash256.Parse(text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Constructor_WrongLength_Throws(int length) => Assert.Throws<ArgumentException>(() => new Hash256(new byte[length]));
}
