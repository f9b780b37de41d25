using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Remoting.Wire;

/// <summary>The bytes of greetings and names, whole and mutated.</summary>
public sealed class GreetingTests
{
    [Fact]
    public void Hello_Any_ReadsBackAsItWas()
        => Prop.ForAll<int>(seed =>
        {
            Hello hello = AnyHello(new Random(seed));
            byte[] bytes = hello.ToBytes();

            Assert.True(Hello.TryReadPrefix(bytes, out int rest));
            Assert.Equal(bytes.Length, Hello.PrefixBytes + rest);
            Assert.True(Hello.TryRead(bytes, out Hello? read));
            Assert.Equal(hello, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reply_Any_ReadsBackAsItWas()
        => Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            Reply reply = new((HandshakeRefusal)random.Next(30), (ushort)random.Next(65_536), random.NextInt64(), new NodeId("other", (uint)random.Next()), "seed", "0.1.0", new string('w', random.Next(255)));
            byte[] bytes = reply.ToBytes();

            Assert.True(Reply.TryReadPrefix(bytes, out int rest));
            Assert.Equal(bytes.Length, Reply.PrefixBytes + rest);
            Assert.True(Reply.TryRead(bytes, out Reply? read));
            Assert.Equal(reply, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_Mutated_AreReadOrRefusedAndNothingElse()
        => Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            byte[] bytes = AnyHello(random).ToBytes();
            for (int i = 0; i < 5; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            byte[] cut = bytes[..random.Next(32, bytes.Length + 1)];
            _ = Hello.TryReadPrefix(cut, out _) && Hello.TryRead(cut, out _);
            _ = Reply.TryReadPrefix(cut, out _);
            _ = Reply.TryRead(cut, out _);
            _ = NameBody.TryRead(cut.AsSpan(random.Next(33)), out _, out _, out _);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(ActorHome.Reader, "")]
    [InlineData(ActorHome.Writer, "user/membership")]
    [InlineData(ActorHome.Other, "user/ä/€")]
    public void Name_Any_ReadsBackAsItWas(object home, string path)
    {
        ArrayBufferWriter<byte> bytes = new();
        NodeId other = (ActorHome)home == ActorHome.Other ? new NodeId("third", 7) : default;
        NameBody.Write(bytes, (ActorHome)home, other, path);

        Assert.True(NameBody.TryRead(bytes.WrittenSpan, out ActorHome readHome, out NodeId readOther, out string readPath));
        Assert.Equal(((ActorHome)home, other, path), (readHome, readOther, readPath));
    }

    [Theory]
    [InlineData("user/a", true)]
    [InlineData("user", true)]
    [InlineData("", false)]
    [InlineData("user//a", false)]
    [InlineData("user/\n", false)]
    [InlineData("user/\u0085", false)]
    public void Path_FromOutside_IsUnderTheRootOrRefused(string path, bool isOne)
    {
        Assert.Equal(isOne, RelativePath.TryUnder(ActorPath.Root("own"), path, out ActorPath? whole));
        Assert.Equal(isOne ? path : null, whole is null ? null : RelativePath.Of(whole));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(2, 3, 1, 2, 2)]
    [InlineData(1, 2, 3, 4, 0)]
    [InlineData(3, 4, 1, 2, 0)]
    public void Versions_OfTwo_AgreeOnTheHighestThatBothSpeak(ushort lowest, ushort highest, ushort otherLowest, ushort otherHighest, ushort agreed)
        => Assert.Equal(agreed, new ProtocolVersions(lowest, highest).Agreed(new ProtocolVersions(otherLowest, otherHighest)));

    private static Hello AnyHello(Random random) => new(
        new ProtocolVersions((ushort)random.Next(65_536), (ushort)random.Next(65_536)),
        (Lane)random.Next(2),
        random.Next(2) == 0,
        random.NextInt64(),
        new NodeId($"node-{random.Next(100)}", (uint)random.Next()),
        new NodeId(new string('n', random.Next(48)), (uint)random.Next()),
        "seed",
        "host:1",
        new string('1', random.Next(255)));
}
