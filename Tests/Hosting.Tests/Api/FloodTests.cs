using System.Net;
using System.Net.Sockets;
using System.Text;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>Bad signatures are held against where they come from, and nobody else.</summary>
public sealed class FloodTests
{
    private const int BadCount = 5_000;
    private const int TriesMax = 100;

    [Theory]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "0.0.0.1", false)]
    public void Source_OfTwoAddresses_IsOneWhereOnePartyHasBoth(string one, string other, bool isOne)
    {
        SourceId source = RequestSource.Of(IPAddress.Parse(one));

        Assert.Equal(isOne, source == RequestSource.Of(IPAddress.Parse(other)));
        Assert.NotEqual(SourceId.None, source);
        Assert.NotEqual(SourceId.None, RequestSource.Of((IPAddress?)null));
    }

    [Fact]
    public async Task Flood_OfBadSignatures_HasItsSourceWaitAndNoOther()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        PrivateKey alice = TestLedger.Key(1);
        PrivateKey bob = TestLedger.Key(2);
        await ledger.GrantAsync(AccountIds.Of(alice.PublicKey), 1_000);
        using HttpClient flooding = From(ledger.Url, IPAddress.Parse("127.0.0.1"));
        using HttpClient honest = From(ledger.Url, IPAddress.Parse("127.0.0.2"));
        byte[] bad = ledger.Pay(alice, bob, 1, nonce: 60);
        bad[FrameLayout.ExtensionOffset + FrameLayout.KeyBytes + 40] ^= 1;
        byte[] flood = [.. Enumerable.Repeat(bad, BadCount).SelectMany(static frame => frame)];
        string good = TransferApiTests.JsonOf(ledger.Pay(alice, bob, 1, nonce: 1));

        // It takes the flood's source some time to be heard again, and it may be that it just is.
        HttpResponseMessage? refused = null;
        for (int tries = 0; tries < TriesMax && refused?.StatusCode != HttpStatusCode.TooManyRequests; tries++)
        {
            await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => PostAsync(flooding, "/v1/transfers/batch", new ByteArrayContent(flood), "application/octet-stream")));
            refused?.Dispose();
            refused = await PostAsync(flooding, "/v1/transfers?wait=accepted", new StringContent(good, Encoding.UTF8), "application/json");
        }

        using HttpResponseMessage committed = await PostAsync(honest, "/v1/transfers", new StringContent(good, Encoding.UTF8), "application/json");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused!.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, committed.StatusCode);
        refused.Dispose();
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string target, HttpContent content, string type)
    {
        using (content)
        {
            content.Headers.ContentType = new(type);
            return await client.PostAsync(target, content);
        }
    }

    private static HttpClient From(Uri url, IPAddress local) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = url,
    };
}
