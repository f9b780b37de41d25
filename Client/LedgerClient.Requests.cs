using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <content>Requests as they are: any target of the HTTP API, tried at one endpoint after the other.</content>
public sealed partial class LedgerClient
{
    private const string JsonType = "application/json";
    private const string BinaryType = "application/octet-stream";
    private const int ErrorBytesMax = 64 << 10;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Asks for JSON; with a key, as a signed inquiry (docs/PROTOCOL.md, section 10).</summary>
    /// <param name="target">path and query, such as <c>/v1/status</c></param>
    /// <param name="json">how the answer is read</param>
    /// <param name="asker">signs the inquiry; null where it is not private</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">There is no such answer.</exception>
    public async Task<T> GetAsync<T>(string target, JsonTypeInfo<T> json, PrivateKey? asker, CancellationToken cancel) =>
        Read(await GetBytesAsync(target, JsonType, asker, cancel).ConfigureAwait(false), json);

    /// <summary>Asks for a body of a content type; with a key, as a signed inquiry.</summary>
    /// <exception cref="LedgerClientException">There is no such answer.</exception>
    public async Task<byte[]> GetBytesAsync(string target, string contentType, PrivateKey? asker, CancellationToken cancel)
    {
        LedgerId? signedFor = asker is null ? null : (await TrustAsync(cancel).ConfigureAwait(false)).Ledger;
        return (await SendAsync(Request, cancel).ConfigureAwait(false)).Body;

        HttpRequestMessage Request(Uri endpoint)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, target));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(contentType));
            if (signedFor is { } ledger)
            {
                Sign(request, ledger, target, asker!);
            }

            return request;
        }
    }

    /// <summary>Sends a body and reads the JSON answer. It may be sent more than once.</summary>
    /// <exception cref="LedgerClientException">There is no such answer.</exception>
    public async Task<T> PostAsync<T>(string target, byte[] body, string contentType, JsonTypeInfo<T> json, CancellationToken cancel) =>
        Read((await SendAsync(endpoint => Post(endpoint, target, body, contentType, JsonType), cancel).ConfigureAwait(false)).Body, json);

    /// <summary>Every beat from now on, as one endpoint tells of them, until that node stops or the caller has enough.</summary>
    /// <exception cref="LedgerClientException">No endpoint tells of them.</exception>
    public async IAsyncEnumerable<PulseResult> WatchPulsesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpResponseMessage response = await OpenStreamAsync("/v1/pulses/stream", cancel).ConfigureAwait(false);
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

    private static HttpRequestMessage Post(Uri endpoint, string target, ReadOnlyMemory<byte> body, string contentType, string accepts)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, target)) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accepts));
        return request;
    }

    private static T Read<T>(byte[] body, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(body, json) ?? throw NotALedger();
        }
        catch (JsonException)
        {
            throw NotALedger();
        }
    }

    private static LedgerClientException NotALedger() =>
        new(ClientFault.NotALedger, "What answers there is no leither node of this version: its answer cannot be read.");

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

    private void Sign(HttpRequestMessage request, in LedgerId ledger, string target, PrivateKey asker)
    {
        var at = new Timestamp((ulong)_clock.GetUtcNow().ToUnixTimeMilliseconds());
        Signature signature = asker.Sign(InquiryMessage.Build(ledger, at, request.Method.Method, target));
        request.Headers.Add(InquiryMessage.KeyHeader, asker.PublicKey.ToString());
        request.Headers.Add(InquiryMessage.TimeHeader, at.UnixMs.ToString());
        request.Headers.Add(InquiryMessage.SignatureHeader, signature.ToString());
    }

    private Task<HttpResponseMessage> OpenStreamAsync(string target, CancellationToken cancel) => TryAllAsync(
        async (endpoint, stop) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, target));
            HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await FailureOfAsync(response, stop).ConfigureAwait(false);
            }
        },
        cancel);

    private Task<(HttpStatusCode Status, byte[] Body)> SendAsync(Func<Uri, HttpRequestMessage> make, CancellationToken cancel) => TryAllAsync(
        async (endpoint, stop) =>
        {
            using HttpRequestMessage request = make(endpoint);
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, stop).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? (response.StatusCode, await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false))
                : throw await FailureOfAsync(response, stop).ConfigureAwait(false);
        },
        cancel);

    // Every endpoint once, and again after a pause that doubles, until one answers or patience ends.
    private async Task<T> TryAllAsync<T>(Func<Uri, CancellationToken, Task<T>> attempt, CancellationToken cancel)
    {
        long start = _clock.GetTimestamp();
        for (TimeSpan pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            LedgerClientException? last = null;
            foreach (int endpoint in _ring.Order())
            {
                try
                {
                    T answer = await AttemptAsync(attempt, _ring[endpoint], cancel).ConfigureAwait(false);
                    _ring.NoteGood(endpoint);
                    return answer;
                }
                catch (LedgerClientException failure) when (failure.IsTransient)
                {
                    _ring.NoteBad(endpoint);
                    Interlocked.Increment(ref _retries);
                    last = failure;
                }
            }

            TimeSpan wait = last!.RetryAfter > pause ? last.RetryAfter : pause;
            if (_clock.GetElapsedTime(start) + wait > _options.Patience)
            {
                throw last;
            }

            await Task.Delay(wait, _clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task<T> AttemptAsync<T>(Func<Uri, CancellationToken, Task<T>> attempt, Uri endpoint, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_options.AttemptTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await attempt(endpoint, either.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new LedgerClientException(ClientFault.Unreachable, $"No node answers at {endpoint} ({exception.HttpRequestError}).");
        }
        catch (IOException exception)
        {
            throw new LedgerClientException(ClientFault.Unreachable, $"The connection to {endpoint} broke: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new LedgerClientException(ClientFault.TimedOut, $"The node at {endpoint} did not answer in {_options.AttemptTimeout.TotalSeconds:0.#} s.");
        }
    }

    private static async Task<LedgerClientException> FailureOfAsync(HttpResponseMessage response, CancellationToken cancel)
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
        return new LedgerClientException(FaultOf(response.StatusCode), text, (Outcome?)problem?.OutcomeNumber, response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);
    }

    private static ClientFault FaultOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => ClientFault.NotFound,
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => ClientFault.Busy,
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType => ClientFault.BadRequest,
        _ => ClientFault.Refused,
    };
}
