using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Client;

/// <summary>
/// What the commands know of a node: its HTTP API. Whatever goes wrong ends the command with the exit code that fits, and one line
/// that says what to do.
/// </summary>
internal sealed class LeitherClient : IDisposable
{
    private const int ErrorBytesMax = 64 << 10;

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private LedgerResult? _ledger;

    public LeitherClient(Uri url, TimeProvider clock)
    {
        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(100) };
        _clock = clock;
    }

    public Uri Url => _http.BaseAddress!;

    /// <summary>Which ledger the node keeps; asked for once.</summary>
    public async Task<LedgerResult> LedgerAsync(CancellationToken cancel) =>
        _ledger ??= await GetAsync("/v1/ledger", ApiJson.Default.LedgerResult, null, cancel).ConfigureAwait(false);

    /// <summary>Asks for JSON; with a key, as a signed inquiry.</summary>
    public async Task<T> GetAsync<T>(string target, JsonTypeInfo<T> json, PrivateKey? asker, CancellationToken cancel)
    {
        byte[] body = await GetBytesAsync(target, "application/json", asker, cancel).ConfigureAwait(false);
        return Read(body, json);
    }

    /// <summary>Asks for a body of a content type; with a key, as a signed inquiry.</summary>
    public async Task<byte[]> GetBytesAsync(string target, string contentType, PrivateKey? asker, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(contentType));
        if (asker is not null)
        {
            await SignAsync(request, target, asker, cancel).ConfigureAwait(false);
        }

        using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a body and reads the JSON answer.</summary>
    public async Task<T> PostAsync<T>(string target, byte[] body, string contentType, JsonTypeInfo<T> json, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return Read(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false), json);
    }

    /// <summary>Every beat from now on, until the node stops or the caller has enough.</summary>
    public async IAsyncEnumerable<PulseResult> WatchPulsesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/pulses/stream");
        using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        Stream stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            SseParser<PulseResult> parser = SseParser.Create(stream, static (_, data) => Read(data.ToArray(), ApiJson.Default.PulseResult));
            IAsyncEnumerator<SseItem<PulseResult>> events = parser.EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
            await using (events.ConfigureAwait(false))
            {
                while (await MoveNextAsync(events).ConfigureAwait(false))
                {
                    yield return events.Current.Data;
                }
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static T Read<T>(byte[] body, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(body, json) ?? throw NotALeitherNode();
        }
        catch (JsonException)
        {
            throw NotALeitherNode();
        }
    }

    private static CommandFailedException NotALeitherNode() =>
        new(ExitCode.Unreachable, "What answers there is no leither node of this version: its answer cannot be read. Check --url.");

    // A node that goes away ends the stream.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<PulseResult>> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task SignAsync(HttpRequestMessage request, string target, PrivateKey asker, CancellationToken cancel)
    {
        LedgerResult ledger = await LedgerAsync(cancel).ConfigureAwait(false);
        if (!LedgerId.TryParse(ledger.Ledger, out LedgerId id))
        {
            throw NotALeitherNode();
        }

        var at = new Timestamp((ulong)_clock.GetUtcNow().ToUnixTimeMilliseconds());
        Signature signature = asker.Sign(InquiryMessage.Build(id, at, request.Method.Method, target));
        request.Headers.Add(InquiryMessage.KeyHeader, asker.PublicKey.ToString());
        request.Headers.Add(InquiryMessage.TimeHeader, at.UnixMs.ToString());
        request.Headers.Add(InquiryMessage.SignatureHeader, signature.ToString());
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancel)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException(
                ExitCode.Unreachable,
                $"No node answers at {Url} ({exception.HttpRequestError}). Start one with 'leither dev', or say where it is with --url or LEITHER_URL.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Busy, $"The node at {Url} did not answer in {_http.Timeout.TotalSeconds:0} s. Run it again.");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await FailureOfAsync(response, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<CommandFailedException> FailureOfAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        ProblemText? problem = null;
        try
        {
            problem = body.Length > ErrorBytesMax ? null : JsonSerializer.Deserialize(body, ApiJson.Default.ProblemText);
        }
        catch (JsonException)
        {
            // Not ours: the status alone has to do.
        }

        string text = problem?.Outcome is { } outcome
            ? $"Refused: {outcome} ({problem.OutcomeNumber}). {problem.Detail}"
            : problem?.Detail ?? $"The node answered {(int)response.StatusCode}.";
        return new CommandFailedException(ExitCodeOf(response.StatusCode), text);
    }

    private static ExitCode ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => ExitCode.Busy,
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType => ExitCode.BadInput,
        _ => ExitCode.Refused,
    };
}
