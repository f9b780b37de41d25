using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeitherCluster.Client;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

public sealed class InquiryApiTests : IAsyncLifetime
{
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private TestLedger _ledger = null!;
    private HttpClient _http = null!;

    private AccountId Alice => AccountIds.Of(_alice.PublicKey);

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        _http = _ledger.Client();
        await _ledger.GrantAsync(Alice, 1_050);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Get_AccountByItsOwnKey_ShowsIt()
    {
        using HttpResponseMessage response = await GetAsync($"/v1/accounts/{Alice}", _alice);
        JsonElement account = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("10.50", account.GetProperty("balance").GetString());
        Assert.True(account.GetProperty("exists").GetBoolean());
    }

    [Fact]
    public async Task Get_AccountByTheOrganization_ShowsIt() =>
        Assert.Equal(HttpStatusCode.OK, (await GetAsync($"/v1/accounts/{Alice}", _ledger.Organization)).StatusCode);

    [Fact]
    public async Task Get_AccountByAnother_IsForbiddenWhetherItExistsOrNot()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync($"/v1/accounts/{Alice}", _bob)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync($"/v1/accounts/{new string('7', 40)}", _bob)).StatusCode);
    }

    [Fact]
    public async Task Get_AccountUnsigned_IsUnauthorizedWhetherItExistsOrNot()
    {
        string there = await ProblemOf(await _http.GetAsync($"/v1/accounts/{Alice}"), HttpStatusCode.Unauthorized);
        string absent = await ProblemOf(await _http.GetAsync($"/v1/accounts/{new string('7', 40)}"), HttpStatusCode.Unauthorized);
        string noPulse = await ProblemOf(await _http.GetAsync($"/v1/accounts/{Alice}?asOf=999"), HttpStatusCode.Unauthorized);

        Assert.Equal(there, absent);
        Assert.Equal(there, noPulse);
    }

    [Fact]
    public async Task Get_AccountThatDoesNotExistByItsOwnKey_SaysSo()
    {
        JsonElement account = await (await GetAsync($"/v1/accounts/{AccountIds.Of(_bob.PublicKey)}", _bob)).Content.ReadFromJsonAsync<JsonElement>();

        Assert.False(account.GetProperty("exists").GetBoolean());
        Assert.Equal("0.00", account.GetProperty("balance").GetString());
    }

    [Theory]
    [InlineData("time")]
    [InlineData("method")]
    [InlineData("target")]
    [InlineData("ledger")]
    [InlineData("key")]
    public async Task Get_SignatureOverSomethingElse_IsUnauthorized(string changed)
    {
        string target = $"/v1/accounts/{Alice}";
        ulong now = Now();
        byte[] message = InquiryMessage.Build(
            changed == "ledger" ? new LedgerId(Alice) : _ledger.Parameters.Ledger,
            new Timestamp(changed == "time" ? now - 1 : now),
            changed == "method" ? "POST" : "GET",
            changed == "target" ? target + "?asOf=1" : target);
        using HttpRequestMessage request = Request(target, _alice.PublicKey, now, (changed == "key" ? _bob : _alice).Sign(message));

        await ProblemOf(await _http.SendAsync(request), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(-61_000)]
    [InlineData(61_000)]
    public async Task Get_StaleTime_IsUnauthorized(long offsetMs)
    {
        string target = $"/v1/accounts/{Alice}";
        ulong at = (ulong)((long)Now() + offsetMs);
        using HttpRequestMessage request = Request(target, _alice.PublicKey, at, _alice.Sign(InquiryMessage.Build(_ledger.Parameters.Ledger, new Timestamp(at), "GET", target)));

        Assert.Contains("clock", await ProblemOf(await _http.SendAsync(request), HttpStatusCode.Unauthorized), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InquiryMessage.KeyHeader, "zz")]
    [InlineData(InquiryMessage.KeyHeader, null)]
    [InlineData(InquiryMessage.TimeHeader, "-1")]
    [InlineData(InquiryMessage.TimeHeader, "99999999999999999999999")]
    [InlineData(InquiryMessage.TimeHeader, "18446744073709551615")]
    [InlineData(InquiryMessage.SignatureHeader, "00")]
    public async Task Get_BadHeader_IsUnauthorized(string header, string? value)
    {
        string target = $"/v1/accounts/{Alice}";
        ulong now = Now();
        using HttpRequestMessage request = Request(target, _alice.PublicKey, now, _alice.Sign(InquiryMessage.Build(_ledger.Parameters.Ledger, new Timestamp(now), "GET", target)));
        request.Headers.Remove(header);
        if (value is not null)
        {
            request.Headers.Add(header, value);
        }

        await ProblemOf(await _http.SendAsync(request), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Get_OpenInquiry_ShowsEverythingToEveryone()
    {
        await using TestLedger open = await TestLedger.StartAsync(options => options with { OpenInquiry = true });
        await open.GrantAsync(Alice, 5);
        using HttpClient http = open.Client();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/v1/accounts/{Alice}")).StatusCode);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    public async Task Get_ProofAsOfAPulse_VerifiesOffline(string accept)
    {
        using HttpResponseMessage response = await GetAsync($"/v1/accounts/{Alice}/proof?asOf=1", _alice, accept);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();

        Assert.True(AccountProofDocument.TryRead(bytes, out SignedStatement? signed, out AccountProof? proof));
        Assert.Equal(StatementVerdict.Valid, signed.Verify(_ledger.Gateway.Committee));
        RootStatement statement = signed.Statement;
        Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(proof, new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency), Alice));
        Assert.Equal(1UL, statement.TimeSequence.Value);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    public async Task Get_Receipt_IsForTheParties(string accept)
    {
        byte[] frame = _ledger.Pay(_alice, _bob, 50, nonce: 1);
        Assert.Equal(Outcome.Committed, (await _ledger.SendAsync(frame))[0].Outcome);
        string id = TransferIds.Compute(new TransferFrame(frame)).ToString();
        AccountId bob = AccountIds.Of(_bob.PublicKey);

        byte[] receipt = await (await GetAsync($"/v1/transfers/{id}/receipt?party={bob}", _bob, accept)).Content.ReadAsByteArrayAsync();

        Receipt? read = LeitherCluster.Hosting.Commands.Receipts.ReceiptDocument.Read(receipt);
        Assert.Equal(ReceiptVerdict.Valid, ReceiptVerifier.Verify(read!, _ledger.Gateway.Committee, _ledger.Parameters.Ledger, out ReceiptFindings? findings));
        Assert.Equal(new Amount(50), findings!.Amount);
        Assert.Equal(bob, findings.Account!.Value.Id);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync($"/v1/transfers/{id}/receipt?party={Alice}", _bob)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.GetAsync($"/v1/transfers/{id}/receipt?party={Alice}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"/v1/transfers/{id}/receipt?party={AccountIds.Of(TestLedger.Key(9).PublicKey)}", TestLedger.Key(9))).StatusCode);
    }

    [Theory]
    [InlineData("/v1/accounts/xyz", HttpStatusCode.BadRequest)]
    [InlineData("/v1/accounts/0123456789012345678901234567890123456789?asOf=x", HttpStatusCode.BadRequest)]
    [InlineData("/v1/transfers/xyz", HttpStatusCode.BadRequest)]
    [InlineData("/v1/pulses/999999", HttpStatusCode.NotFound)]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Get_Nonsense_IsAProblem(string target, HttpStatusCode expected) => await ProblemOf(await _http.GetAsync(target), expected);

    internal static HttpRequestMessage Request(string target, PublicKey key, ulong timeMs, Signature signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Add(InquiryMessage.KeyHeader, key.ToString());
        request.Headers.Add(InquiryMessage.TimeHeader, timeMs.ToString());
        request.Headers.Add(InquiryMessage.SignatureHeader, signature.ToString());
        return request;
    }

    private static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static async Task<string> ProblemOf(HttpResponseMessage response, HttpStatusCode expected)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "";
    }

    private async Task<HttpResponseMessage> GetAsync(string target, PrivateKey asker, string accept = "application/json")
    {
        ulong now = Now();
        using HttpRequestMessage request = Request(target, asker.PublicKey, now, asker.Sign(InquiryMessage.Build(_ledger.Parameters.Ledger, new Timestamp(now), "GET", target)));
        request.Headers.Accept.ParseAdd(accept);
        return await _http.SendAsync(request);
    }
}
