using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

public sealed class TransferApiTests : IAsyncLifetime
{
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private TestLedger _ledger = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        _http = _ledger.Client();
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Post_OneAsJson_CommitsItAndFindsItById()
    {
        byte[] frame = _ledger.Pay(_alice, _bob, 100, nonce: 1);

        using HttpResponseMessage response = await PostJsonAsync("/v1/transfers", JsonOf(frame));
        JsonElement result = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("committed", result.GetProperty("outcome").GetString());
        Assert.Equal(TransferIds.Compute(new TransferFrame(frame)).ToString(), result.GetProperty("id").GetString());
        JsonElement found = await _http.GetFromJsonAsync<JsonElement>($"/v1/transfers/{result.GetProperty("id").GetString()}?wait=committed");
        Assert.Equal(result.GetProperty("sequence").GetUInt64(), found.GetProperty("sequence").GetUInt64());
        Assert.Equal(result.GetProperty("place").GetUInt32(), found.GetProperty("place").GetUInt32());
    }

    [Fact]
    public async Task Post_TheSameTwice_GivesTheSameAnswer()
    {
        string json = JsonOf(_ledger.Pay(_alice, _bob, 100, nonce: 1));

        string first = await (await PostJsonAsync("/v1/transfers", json)).Content.ReadAsStringAsync();
        string second = await (await PostJsonAsync("/v1/transfers", json)).Content.ReadAsStringAsync();

        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData(2_000UL, 1UL, HttpStatusCode.UnprocessableEntity, Outcome.InsufficientFunds)]
    [InlineData(1UL, 66UL, HttpStatusCode.Conflict, Outcome.NonceTooFarAhead)]
    [InlineData(0UL, 1UL, HttpStatusCode.UnprocessableEntity, Outcome.AmountZero)]
    public async Task Post_Refused_IsAProblemWithTheNumberedOutcome(ulong units, ulong nonce, HttpStatusCode status, Outcome outcome)
    {
        using HttpResponseMessage response = await PostJsonAsync("/v1/transfers", JsonOf(_ledger.Pay(_alice, _bob, units, nonce)));
        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal((int)outcome, problem.GetProperty("outcomeNumber").GetInt32());
        Assert.Equal(OutcomeTexts.NameOf(outcome), problem.GetProperty("outcome").GetString());
        Assert.Equal(Problem.TypePrefix + OutcomeTexts.NameOf(outcome), problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Post_JsonWithoutAcceptance_GetsTheRegisteredOne()
    {
        byte[] frame = _ledger.Pay(_alice, _bob, 100, nonce: 1);
        JsonElement whole = JsonDocument.Parse(JsonOf(frame)).RootElement;
        string without = JsonSerializer.Serialize(whole.EnumerateObject().Where(field => field.Name != "acceptance").ToDictionary(field => field.Name, field => field.Value));

        using HttpResponseMessage before = await PostJsonAsync("/v1/transfers", without);
        var terms = new StandingTerms
        {
            Version = StandingTerms.CurrentVersion,
            Ledger = _ledger.Parameters.Ledger,
            Receiver = AccountIds.Of(_bob.PublicKey),
            LargestAmount = new Amount(100),
            Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()),
        };
        Assert.Equal(Outcome.Committed, await _ledger.Gateway.RegisterAcceptanceAsync(_bob.PublicKey, StandingAcceptance.Sign(terms, _bob), CancellationToken.None));
        using HttpResponseMessage after = await PostJsonAsync("/v1/transfers", without);

        Assert.Equal(HttpStatusCode.BadRequest, before.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Post_BinaryBatch_AnswersEachInOrder()
    {
        byte[] bad = _ledger.Pay(_alice, _bob, 10, nonce: 2);
        bad[200] ^= 1;
        byte[][] frames = [_ledger.Pay(_alice, _bob, 10, nonce: 1), bad, _ledger.Pay(_alice, _bob, 10, nonce: 3)];

        using HttpResponseMessage response = await PostBinaryAsync("/v1/transfers/batch", [.. frames.SelectMany(frame => frame)]);
        byte[] answers = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3 * TransferAnswer.SizeBytes, answers.Length);
        Assert.Equal([Outcome.Committed, Outcome.BadSignature, Outcome.Committed], OutcomesOf(answers));
        Assert.NotEqual(0UL, BinaryPrimitives.ReadUInt64LittleEndian(answers));
        Assert.Equal(new byte[18], answers[TransferAnswer.SizeBytes..][..18].Select((b, i) => i < 16 ? b : (byte)0));
    }

    [Fact]
    public async Task Post_JsonBatch_AnswersEachInOrder()
    {
        string json = $"[{JsonOf(_ledger.Pay(_alice, _bob, 10, nonce: 1))},{JsonOf(_ledger.Pay(_alice, _bob, 5_000, nonce: 2))}]";

        using HttpResponseMessage response = await PostJsonAsync("/v1/transfers/batch", json);
        JsonElement result = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(1, result.GetProperty("committed").GetInt32());
        Assert.Equal(1, result.GetProperty("refused").GetInt32());
        Assert.Equal(["committed", "insufficient-funds"], result.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Post_WaitNone_IsAnsweredAtOnceAndCommittedLater()
    {
        byte[] frame = _ledger.Pay(_alice, _bob, 10, nonce: 1);

        using HttpResponseMessage response = await PostBinaryAsync("/v1/transfers/batch?wait=none", frame);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        using HttpResponseMessage found = await _http.GetAsync($"/v1/transfers/{TransferIds.Compute(new TransferFrame(frame))}?wait=committed");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Theory]
    [InlineData("/v1/transfers?wait=perhaps", "{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers", "{}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/transfers", "{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers", "[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers", "null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers/batch", "[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers/batch", "[1]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers/batch", "", "application/octet-stream", HttpStatusCode.BadRequest)]
    [InlineData("/v1/acceptances", "{\"receiverKey\":\"x\",\"acceptance\":\"y\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("/v1/acceptances", "{}", "application/json", HttpStatusCode.BadRequest)]
    public async Task Post_NotTransfers_IsAProblem(string target, string body, string type, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpResponseMessage response = await _http.PostAsync(target, content);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/v1/transfers/batch")]
    [InlineData("/v1/transfers")]
    public async Task Post_BodyAboveTheLimit_IsTooLarge(string target)
    {
        await using TestLedger small = await TestLedger.StartAsync(options => options with { RequestBytesMax = 1_024 });
        using HttpClient http = small.Client();
        using var content = new ByteArrayContent(new byte[2_000]);
        content.Headers.ContentType = new MediaTypeHeaderValue(target.EndsWith("batch", StringComparison.Ordinal) ? "application/octet-stream" : "application/json");

        using HttpResponseMessage response = await http.PostAsync(target, content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Post_MoreRequestsThanTheBound_AreBusyUntilOneEnds()
    {
        await using TestLedger small = await TestLedger.StartAsync(options => options with { RequestCountMax = 1 });
        using HttpClient http = small.Client();
        using var unfinished = new HeldContent(small.Pay(_alice, _bob, 1, nonce: 1));
        Task<HttpResponseMessage> waiting = http.PostAsync("/v1/transfers/batch", unfinished);
        await unfinished.Begun;

        HttpResponseMessage? busy = null;
        while (busy?.StatusCode != HttpStatusCode.TooManyRequests)
        {
            using var content = new ByteArrayContent(small.Pay(_alice, _bob, 1, nonce: 2));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            busy = await http.PostAsync("/v1/transfers/batch?wait=accepted", content);
        }

        JsonElement problem = await busy.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)Outcome.Busy, problem.GetProperty("outcomeNumber").GetInt32());
        unfinished.Finish();
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    internal static string JsonOf(byte[] frame) => Encoding.UTF8.GetString(JsonText.BytesOf(writer => TransferJson.Write(writer, new TransferFrame(frame))));

    private static Outcome[] OutcomesOf(byte[] answers) =>
        [.. Enumerable.Range(0, answers.Length / TransferAnswer.SizeBytes).Select(i => (Outcome)BinaryPrimitives.ReadUInt16LittleEndian(answers.AsSpan((i * TransferAnswer.SizeBytes) + 16)))];

    private async Task<HttpResponseMessage> PostJsonAsync(string target, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await _http.PostAsync(target, content);
    }

    private async Task<HttpResponseMessage> PostBinaryAsync(string target, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await _http.PostAsync(target, content);
    }

    /// <summary>A body that begins and does not end until it is told to.</summary>
    private sealed class HeldContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldContent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        public Task Begun => _begun.Task;

        public void Finish() => _finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, 8));
            await stream.FlushAsync();
            _begun.SetResult();
            await _finish.Task;
            await stream.WriteAsync(_body.AsMemory(8));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
