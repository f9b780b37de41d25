using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>The HTTP API of one node, as far as these tests use it.</summary>
/// <param name="url">where it listens</param>
/// <param name="handler">how it is reached; null: as any other</param>
internal sealed class NodeClient(Uri url, HttpMessageHandler? handler = null) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler()) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };

    public HttpClient Http => _http;

    public async Task<NodeStatus> StatusAsync() => (await _http.GetFromJsonAsync<NodeStatus>("/v1/status"))!;

    public async Task<ClusterLine> ClusterAsync() => (await _http.GetFromJsonAsync<ClusterLine>("/v1/cluster"))!;

    public async Task<AccountLine> AccountAsync(AccountId id) => (await _http.GetFromJsonAsync<AccountLine>($"/v1/accounts/{id}"))!;

    /// <summary>Where a transfer was committed; null when the node does not know it. While it cannot say (503), as after a take-over, it is asked again.</summary>
    public async Task<TransferAnswer?> FindAsync(Hash256 id, AccountId sender)
    {
        using HttpResponseMessage response = await Eventually.GetAsync(
            () => _http.GetAsync($"/v1/transfers/{id}?sender={sender}"), answer => answer.StatusCode != HttpStatusCode.ServiceUnavailable, s_patience);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        TransferLine line = (await response.Content.ReadFromJsonAsync<TransferLine>())!;
        return new TransferAnswer(new TimeSequence(line.Sequence), line.Branch, line.Place, Outcome.Committed);
    }

    /// <summary>Sends frames as they lie, and waits for the commit.</summary>
    /// <returns>The answers in the order of the frames; null when the node took nothing (429, 503) or is not done yet.</returns>
    public async Task<TransferAnswer[]?> SubmitAsync(ReadOnlyMemory<byte> frames)
    {
        using HttpResponseMessage response = await PostAsync(frames);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return MemoryMarshal.Cast<byte, TransferAnswer>(await response.Content.ReadAsByteArrayAsync()).ToArray();
            case HttpStatusCode.Accepted or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable:
                return null;
            default:
                throw new InvalidOperationException($"A batch was answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Sends frames as they lie; the answer as it comes.</summary>
    public async Task<HttpResponseMessage> PostAsync(ReadOnlyMemory<byte> frames)
    {
        using var body = new ReadOnlyMemoryContent(frames);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await _http.PostAsync("/v1/transfers/batch", body);
    }

    public void Dispose() => _http.Dispose();
}
