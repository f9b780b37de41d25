using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Operators;

/// <summary>An operator's connection to a node: checks that it is a node of the operator's own cluster, and asks.</summary>
internal sealed class OperatorClient : IDisposable
{
    private static readonly TimeSpan s_connectPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_describePatience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly NodeIdentity _identity;
    private readonly string _address;
    private CertificateRefusal _refusal;

    /// <summary>Connects when it is asked something.</summary>
    /// <param name="address">of the node's operator endpoint, <c>host:port</c></param>
    /// <param name="identity">the operator's; it becomes the client's</param>
    /// <exception cref="CommandFailedException">The address is none.</exception>
    public OperatorClient(string address, NodeIdentity identity, TimeProvider clock)
    {
        _address = address;
        _identity = identity;
        if (!Uri.TryCreate($"https://{address}", UriKind.Absolute, out Uri? url) || url.PathAndQuery != "/")
        {
            throw new CommandFailedException(ExitCode.BadInput, $"'{address}' is no address like 127.0.0.1:7900.");
        }

        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = s_connectPatience,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    // Any node of the cluster will do: which one it is, its first answer says.
                    _refusal = PeerCheck.Check(certificate as X509Certificate2, identity.Authority, identity.Cluster, null, clock.GetUtcNow().ToUnixTimeMilliseconds(), out _);
                    return _refusal == CertificateRefusal.None;
                },
            },
        })
        {
            BaseAddress = url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>What the node may be asked.</summary>
    /// <exception cref="CommandFailedException">It does not answer, or refuses.</exception>
    public async Task<PaletteList> DescribeAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(s_describePatience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, OperatorRoutes.Palettes);
            using HttpResponseMessage answer = await SendAsync(request, patience.Token).ConfigureAwait(false);
            Stream body = await answer.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, OperatorJson.Default.PaletteList, patience.Token).ConfigureAwait(false)
                ?? throw new CommandFailedException(ExitCode.Unreachable, $"What answers at {_address} is no operator endpoint.");
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Busy, $"The node at {_address} did not answer in {s_describePatience.TotalSeconds} s. {late.Message}");
        }
        catch (JsonException)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"What answers at {_address} is no operator endpoint.");
        }
    }

    /// <summary>Runs a command: what comes before its end, and then the end.</summary>
    /// <exception cref="CommandFailedException">The node does not answer, refuses, or breaks off.</exception>
    public async IAsyncEnumerable<OperatorEvent> RunAsync(string palette, string command, IReadOnlyDictionary<string, string> arguments, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{OperatorRoutes.Commands}/{Uri.EscapeDataString(palette)}/{Uri.EscapeDataString(command)}");
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new OperatorRequest(arguments), OperatorJson.Default.OperatorRequest));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await SendAsync(request, cancel).ConfigureAwait(false);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await ReadLineAsync(lines, cancel).ConfigureAwait(false) is { } line)
        {
            yield return line;
            if (line.End is not null)
            {
                yield break;
            }
        }

        throw BrokenOff();
    }

    public void Dispose()
    {
        _http.Dispose();
        _identity.Dispose();
    }

    private async Task<OperatorEvent?> ReadLineAsync(StreamReader lines, CancellationToken cancel)
    {
        try
        {
            return await lines.ReadLineAsync(cancel).ConfigureAwait(false) is { } line ? JsonSerializer.Deserialize(line, OperatorJson.Default.OperatorEvent) : null;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException)
        {
            throw BrokenOff();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw _refusal != CertificateRefusal.None
                ? new CommandFailedException(ExitCode.Refused, $"What answers at {_address} is no node of cluster {_identity.Cluster}: its certificate is refused ({_refusal}).")
                : new CommandFailedException(ExitCode.Unreachable, $"No node answers at {_address}: {exception.InnerException?.Message ?? exception.Message}");
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
            OperatorEnd? end = (await ReadLineAsync(lines, cancel).ConfigureAwait(false))?.End;
            throw end is null
                ? new CommandFailedException(ExitCode.Unreachable, $"What answers at {_address} is no operator endpoint: status {(int)answer.StatusCode}.")
                : new CommandFailedException((ExitCode)end.ExitCode, end.Text ?? "The node refuses.");
        }
    }

    private CommandFailedException BrokenOff() => new(ExitCode.Unreachable, $"The node at {_address} broke off: it stopped, or was stopped.");
}
