using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

public sealed class NodeApiTests : IAsyncLifetime
{
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private TestLedger _ledger = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        _http = _ledger.Client();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Health_RunningLedger_IsLiveAndReady()
    {
        Assert.Equal("live\n", await _http.GetStringAsync("/livez"));
        Assert.Equal("ready\n", await _http.GetStringAsync("/readyz"));
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryEndpoint()
    {
        JsonElement document = await _http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "/livez",
                "/metrics",
                "/readyz",
                "/v1/acceptances",
                "/v1/accounts/{id}",
                "/v1/accounts/{id}/acceptance",
                "/v1/accounts/{id}/proof",
                "/v1/cluster",
                "/v1/ledger",
                "/v1/pulses/latest",
                "/v1/pulses/stream",
                "/v1/pulses/{sequence}",
                "/v1/status",
                "/v1/transfers",
                "/v1/transfers/batch",
                "/v1/transfers/{id}",
                "/v1/transfers/{id}/receipt",
            ],
            paths);
        Assert.All(
            document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()),
            operation => Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!));
    }

    [Fact]
    public async Task Metrics_AfterAPulse_ShowItsNumbers()
    {
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 5);

        string text = await _http.GetStringAsync("/metrics");

        Assert.Contains("leither_transfers_committed_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("leither_sequence 1\n", text, StringComparison.Ordinal);
        Assert.Contains("leither_state{state=\"running\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ledger_Answer_IsWhatThePulsesAreSignedUnder()
    {
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 5);

        JsonElement ledger = await _http.GetFromJsonAsync<JsonElement>("/v1/ledger");
        JsonElement pulse = await _http.GetFromJsonAsync<JsonElement>("/v1/pulses/latest");

        Assert.Equal(_ledger.Parameters.Ledger.ToString(), ledger.GetProperty("ledger").GetString());
        Assert.Equal(ledger.GetProperty("ledger").GetString(), pulse.GetProperty("statement").GetProperty("ledger").GetString());
        Assert.Equal(_ledger.Gateway.Committee.Digest.ToString(), pulse.GetProperty("statement").GetProperty("committee").GetString());
        Assert.Equal("0.05", pulse.GetProperty("supply").GetString());
        Assert.Equal(1, pulse.GetProperty("transfers").GetInt32());
    }

    [Fact]
    public async Task Stream_OfPulses_SendsEachBeatAsAnEvent()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using HttpResponseMessage response = await _http.GetAsync("/v1/pulses/stream", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("event: pulse", await lines.ReadLineAsync(patience.Token));
        JsonElement first = JsonDocument.Parse((await lines.ReadLineAsync(patience.Token))!["data: ".Length..]).RootElement;
        Assert.Equal($"id: {first.GetProperty("beat").GetString()}", await lines.ReadLineAsync(patience.Token));
        Assert.Equal("", await lines.ReadLineAsync(patience.Token));
        Assert.Equal("event: pulse", await lines.ReadLineAsync(patience.Token));
    }

    [Fact]
    public async Task Restart_OfTheNode_GoesOnAtTheSameSequence()
    {
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 5);
        JsonElement before = await _http.GetFromJsonAsync<JsonElement>("/v1/pulses/latest");

        await _ledger.RestartAsync();
        using HttpClient http = _ledger.Client();
        JsonElement after = await http.GetFromJsonAsync<JsonElement>("/v1/pulses/latest");

        Assert.Equal(before.GetRawText(), after.GetRawText());
    }

    [Fact]
    public async Task Unknown_Method_IsAProblem()
    {
        using HttpResponseMessage response = await _http.DeleteAsync("/v1/ledger");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }
}
