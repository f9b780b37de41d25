using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4, and the customary check value.</summary>
    public static TheoryData<byte[], uint> Published => new()
    {
        { [], 0 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Of_PublishedVectors_Agrees(byte[] bytes, uint expected) => Assert.Equal(expected, Crc32C.Of(bytes));

    [Fact]
    public void Of_AnyLength_AgreesWithTheBitwiseDefinition()
    {
        byte[] bytes = new byte[20_000];
        TestBlocks.Fill(bytes, 1);
        for (int length = 0; length <= bytes.Length; length = length < 64 ? length + 1 : length + 331)
        {
            Assert.Equal(Bitwise(bytes.AsSpan(0, length)), Crc32C.Of(bytes.AsSpan(0, length)));
        }

        foreach (int edge in (int[])[4079, 4080, 4081, 8159, 8160, 8161])
        {
            Assert.Equal(Bitwise(bytes.AsSpan(3, edge)), Crc32C.Of(bytes.AsSpan(3, edge)));
        }
    }

    [Fact]
    public void Append_AnyCut_IsTheChecksumOfTheWhole() =>
        Prop.ForAll<byte[], byte[]>((a, b) =>
        {
            byte[] head = [.. Enumerable.Repeat(a, 40).SelectMany(x => x)];
            byte[] tail = [.. Enumerable.Repeat(b, 40).SelectMany(x => x)];
            return Crc32C.Append(Crc32C.Of(head), tail) == Bitwise([.. head, .. tail]);
        }).QuickCheckThrowOnFailure();

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ (0x82F63B78 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
