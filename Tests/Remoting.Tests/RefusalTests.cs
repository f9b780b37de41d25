using System.Net;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting;

/// <summary>Who must not talk to a node, is told why by number and what to do, and disturbs nobody.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TestAuthority _authority = new("seed", new SetClock(TimeSpan.FromDays(-1)));

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Node_OfAnotherCluster_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own");
        await using TestNode other = await TestNode.StartAsync("other", cluster: "elsewhere");

        await AssertRefused(other, own, HandshakeRefusal.WrongCluster);
    }

    [Fact]
    public async Task Node_WithoutACommonVersion_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own", change: options => options with { Versions = new ProtocolVersions(3, 4) });
        await using TestNode other = await TestNode.StartAsync("other", change: options => options with { Versions = new ProtocolVersions(1, 2) });

        await AssertRefused(other, own, HandshakeRefusal.WrongVersion);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public async Task Node_OfANeighbouringVersion_IsTalkedTo(ushort lowest, ushort highest)
    {
        await using TestNode own = await TestNode.StartAsync("own", change: options => options with { Versions = new ProtocolVersions(2, 3) });
        await using TestNode other = await TestNode.StartAsync("other", change: options => options with { Versions = new ProtocolVersions(lowest, highest) });
        TestNode.Introduce(own, other);
        var got = own.SpawnSink("sink");

        other.RefTo(own, "sink").Tell(new Numbered(1));

        await Eventually.True(() => got.Count == 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Node_WhoseClockIsAnHourOff_IsRefused(int hours)
    {
        await using TestNode own = await TestNode.StartAsync("own");
        await using TestNode other = await TestNode.StartAsync("other", clock: new SetClock(TimeSpan.FromHours(hours)));

        await AssertRefused(other, own, HandshakeRefusal.ClockOff);
    }

    [Fact]
    public async Task Node_WithAForeignCertificate_IsRefusedByBothSides()
    {
        using TestAuthority twin = new("seed");
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));
        await using TestNode other = await TestNode.StartAsync("other", twin.Identity("other"));
        other.Remoting.Know(own.Id, own.Remoting.Address);

        other.RefTo(own, "sink").Tell(new Numbered(1));

        // The one that connects sees it first: it shows nothing to a node of another authority.
        await Eventually.True(() => other.RefusedHere(HandshakeRefusal.CertificateForeign) > 0);
        await AssertGreeted(own, twin.Identity("other"), HandshakeRefusal.CertificateForeign);
    }

    [Fact]
    public async Task Node_WithoutACertificate_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));

        await AssertGreeted(own, null, HandshakeRefusal.CertificateMissing);
    }

    [Fact]
    public async Task Node_WithAnotherNodesCertificate_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));

        await AssertGreeted(own, _authority.Identity("third"), HandshakeRefusal.CertificateNameMismatch);
    }

    [Fact]
    public async Task Node_WhoseCertificateIsOver_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));

        await AssertGreeted(own, _authority.Identity("other", TimeSpan.FromHours(1), new SetClock(TimeSpan.FromHours(-2))), HandshakeRefusal.CertificateExpired);
    }

    [Fact]
    public async Task Node_WhoseCertificateHasNotBegun_IsRefused()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));

        await AssertGreeted(own, _authority.Identity("other", clock: new SetClock(TimeSpan.FromHours(2))), HandshakeRefusal.CertificateNotYetValid);
    }

    [Fact]
    public async Task Node_AtAnAddressOfAnother_IsNotTheOneMeant()
    {
        await using TestNode own = await TestNode.StartAsync("own");
        await using TestNode other = await TestNode.StartAsync("other");
        NodeId meant = new("meant", 1);
        other.Remoting.Know(meant, own.Remoting.Address);

        other.Remoting.Ref(meant, TestNode.UserPath("meant", "sink")).Tell(new Numbered(1));

        await Eventually.True(() => other.RefusedThere(HandshakeRefusal.NotTheNodeMeant) > 0);
        Assert.Equal(HandshakeRefusal.NotTheNodeMeant, other.Events.OfType<PeerRefused>().First().Refusal);
    }

    [Fact]
    public async Task Node_OfAnOlderLife_IsToldThatANewerIsThere()
    {
        await using TestNode own = await TestNode.StartAsync("own");
        await using TestNode first = await TestNode.StartAsync("twin", incarnation: 1);
        var got = own.SpawnSink("sink");
        TestNode.Introduce(own, first);
        first.RefTo(own, "sink").Tell(new Numbered(1));
        await Eventually.True(() => got.Count == 1);
        var atFirst = own.RefTo(first, "any");

        await using TestNode second = await TestNode.StartAsync("twin", incarnation: 2);
        second.Remoting.Know(own.Id, own.Remoting.Address);
        second.RefTo(own, "sink").Tell(new Numbered(2));

        await Eventually.True(() => got.Count == 2);
        await Eventually.True(() => first.Events.OfType<OwnLifeDenied>().Any());
        Assert.Equal(new OwnLifeDenied(own.Id, HandshakeRefusal.Superseded), first.Events.OfType<OwnLifeDenied>().First());
        Assert.False(atFirst.TryTell(new Numbered(3)));
        await Eventually.True(() => first.RefTo(own, "sink").TryTell(new Numbered(4)) && first.RefusedThere(HandshakeRefusal.Superseded) > 0);
        Assert.Equal([new Numbered(1), new Numbered(2)], got);
    }

    [Fact]
    public async Task Node_ThatTheTableDeclaredDown_IsToldAndNotTalkedTo()
    {
        await using TestNode own = await TestNode.StartAsync("own");
        await using TestNode other = await TestNode.StartAsync("other");
        var got = own.SpawnSink("sink");
        TestNode.Introduce(own, other);
        other.RefTo(own, "sink").Tell(new Numbered(1));
        await Eventually.True(() => got.Count == 1);

        own.Remoting.Follow(new MemberTable(5, [new Member(other.Id, other.Remoting.Address, MemberRoles.All, "0.1.0", MemberState.Down, 1)]));

        await Eventually.True(() => other.Events.OfType<OwnLifeDenied>().Any());
        Assert.Equal(new OwnLifeDenied(own.Id, HandshakeRefusal.Gone), other.Events.OfType<OwnLifeDenied>().First());
        Assert.False(own.RefTo(other, "any").TryTell(new Numbered(2)));
        Assert.False(own.Remoting.Know(other.Id, other.Remoting.Address));
        Assert.True(own.Remoting.Know(other.Id with { Incarnation = 2 }, other.Remoting.Address));
    }

    [Fact]
    public async Task Node_WithoutTls_ListensAndConnectsOnLoopbackOnly()
    {
        await Assert.ThrowsAsync<InvalidRemotingOptionsException>(() => TestNode.StartAsync("own", listen: new IPEndPoint(IPAddress.Any, 0)));
    }

    [Fact]
    public async Task Node_ThatListensEverywhereWithoutAnAddress_DoesNotStart()
    {
        NodeIdentity identity = _authority.Identity("own");
        await Assert.ThrowsAsync<InvalidRemotingOptionsException>(() => TestNode.StartAsync("own", identity, listen: new IPEndPoint(IPAddress.Any, 0)));
        await using TestNode own = await TestNode.StartAsync("own", identity, listen: new IPEndPoint(IPAddress.Any, 0), change: options => options with { Address = "localhost:1" });
        Assert.Equal("localhost:1", own.Remoting.Address);
    }

    [Fact]
    public async Task Bytes_ThatAreNoTls_AreCountedAndDisturbNobody()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"), change: options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(500) });
        await using RawClient silent = await RawClient.ConnectAsync(own);
        await using RawClient garbage = await RawClient.ConnectAsync(own);
        await garbage.Stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        await silent.ReadToEndAsync();
        await garbage.ReadToEndAsync();

        await Eventually.True(() => own.RefusedHere(HandshakeRefusal.TlsFailed) == 2);
        await using TestNode other = await TestNode.StartAsync("other", _authority.Identity("other"));
        TestNode.Introduce(own, other);
        var got = own.SpawnSink("sink");
        await Eventually.True(() => other.RefTo(own, "sink").TryTell(new Numbered(1)) && !got.IsEmpty);
    }

    [Fact]
    public async Task Node_WithoutTls_AndOneWithIt_DoNotTalk()
    {
        await using TestNode own = await TestNode.StartAsync("own", _authority.Identity("own"));
        await using TestNode plain = await TestNode.StartAsync("plain", change: options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(500) });
        TestNode.Introduce(own, plain);

        own.RefTo(plain, "sink").Tell(new Numbered(1));
        plain.RefTo(own, "sink").Tell(new Numbered(1));

        await Eventually.True(() => own.RefusedHere(HandshakeRefusal.TlsFailed) > 0 && plain.RefusedHere(HandshakeRefusal.Malformed) > 0);
        await Eventually.True(() => plain.Remoting.Metrics.RefusedHere.Count > 1);
    }

    [Fact]
    public async Task Node_WithAnothersCertificate_DoesNotStart()
    {
        await Assert.ThrowsAsync<InvalidRemotingOptionsException>(() => TestNode.StartAsync("own", _authority.Identity("other")));
        await Assert.ThrowsAsync<InvalidRemotingOptionsException>(() => TestNode.StartAsync("own", _authority.Identity("own"), cluster: "elsewhere"));
    }

    [Fact]
    public void Refusal_Any_SaysWhatToDo()
    {
        HandshakeRefusal[] silent = [HandshakeRefusal.None, HandshakeRefusal.Stopping, HandshakeRefusal.Replaced, HandshakeRefusal.Garbage, HandshakeRefusal.Broken];

        Assert.All(Enum.GetValues<HandshakeRefusal>(), refusal => Assert.Equal(silent.Contains(refusal), refusal.Advice().Length == 0));
    }

    private static async Task AssertRefused(TestNode other, TestNode own, HandshakeRefusal expected)
    {
        var got = own.SpawnSink("sink");
        other.Remoting.Know(own.Id, own.Remoting.Address);

        other.RefTo(own, "sink").Tell(new Numbered(1));

        await Eventually.True(() => other.RefusedThere(expected) > 0 && own.RefusedHere(expected) > 0);
        PeerRefused told = other.Events.OfType<PeerRefused>().First();
        Assert.Equal((own.Id, expected, true, expected.Advice()), (told.Node, told.Refusal, told.ByOther, told.Advice));
        Assert.Empty(got);
    }

    /// <summary>Greets as a node that does not look at the other's certificate, and checks the answer.</summary>
    private static async Task AssertGreeted(TestNode own, NodeIdentity? identity, HandshakeRefusal expected)
    {
        await using RawClient client = await RawClient.ConnectAsync(own, tls: true, identity);
        Reply? reply = await client.GreetAsync(own, new NodeId("other", 1));

        Assert.Equal((expected, expected.Advice()), (reply!.Refusal, reply.Advice));
        Assert.Equal(1, own.RefusedHere(expected));
    }
}
