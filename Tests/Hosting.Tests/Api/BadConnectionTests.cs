using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>Connections of which nothing good comes are closed and counted, and disturb nobody.</summary>
public sealed partial class BadConnectionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("no HTTP at all\r\n\r\n", "invalid_request_line")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 TLS, to a port without", "")]
    [InlineData("GET /livez HTTP/1.1\r\nno header\r\n\r\n", "invalid_request_headers")]
    [InlineData("GET /livez HTTP/1.1\r\nHost: half", "request_headers_timeout")]
    public async Task Connection_OfABadSort_IsClosedAndCounted(string sent, string reason)
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        using HttpClient client = ledger.Client();
        long before = CountOf(await client.GetStringAsync("/metrics"), reason);

        await SendAndReadToEndAsync(ledger.Url, Encoding.Latin1.GetBytes(sent));

        using var patience = new CancellationTokenSource(s_patience);
        while (CountOf(await client.GetStringAsync("/metrics", patience.Token), reason) == before)
        {
            // Kestrel counts a connection just after it has closed it.
        }

        Assert.Equal("live\n", await client.GetStringAsync("/livez"));
    }

    [Fact]
    public async Task Request_WhoseLineIsTooLong_IsClosedAndCounted()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        using HttpClient client = ledger.Client();

        string said = await SendAndReadToEndAsync(ledger.Url, Encoding.ASCII.GetBytes($"GET /{new string('x', 64 << 10)} HTTP/1.1\r\n\r\n"));

        using var patience = new CancellationTokenSource(s_patience);
        while (CountOf(await client.GetStringAsync("/metrics", patience.Token), "invalid_request_line") == 0)
        {
            // As above.
        }

        Assert.True(said.Length == 0 || said.StartsWith("HTTP/1.1 414", StringComparison.Ordinal), said);
    }

    private static async Task<string> SendAndReadToEndAsync(Uri url, byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        await using var stream = new NetworkStream(socket);
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(bytes);
            await stream.CopyToAsync(answer).WaitAsync(s_patience);
        }
        catch (IOException)
        {
            // It was closed before it was read to its end.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }

    private static long CountOf(string metrics, string reason) => Counted().Matches(metrics)
        .Where(match => reason.Length == 0 || match.Groups["reason"].Value == reason)
        .Sum(match => long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("^leither_connections_refused_total\\{port=\"clients\",reason=\"(?<reason>[a-z_]+)\"\\} (?<count>\\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Counted();
}
