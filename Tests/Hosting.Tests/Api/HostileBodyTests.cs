using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>Bodies made to break something: each gets a numbered refusal, and the ledger is as it was.</summary>
public sealed class HostileBodyTests : IAsyncLifetime
{
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private TestLedger _ledger = null!;
    private HttpClient _http = null!;
    private string _root = "";

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        _http = _ledger.Client();
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        _root = await RootAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Binary_EveryByteOfAFrameChanged_IsRefusedEachTime()
    {
        byte[] good = _ledger.Pay(_alice, _bob, 100, nonce: 1);
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << (at % 8));
            Assert.All(await SubmitAsync(bad), outcome => Assert.True(outcome >= Outcome.Malformed, $"byte {at}: {outcome}"));
        }

        await AssertUnchangedAsync();
    }

    [Fact]
    public async Task Binary_FrameCutAndExtendedAtEveryLength_IsRefusedEachTime()
    {
        byte[] good = _ledger.Pay(_alice, _bob, 100, nonce: 1);
        for (int length = 1; length < good.Length; length += 3)
        {
            Assert.Equal([Outcome.Malformed], await SubmitAsync(good[..length]));
        }

        byte[] longer = [.. good, .. new byte[8]];
        BinaryPrimitives.WriteInt32LittleEndian(longer, longer.Length);
        Assert.Equal([Outcome.Malformed], await SubmitAsync(longer));
        await AssertUnchangedAsync();
    }

    [Fact]
    public async Task Binary_AHundredThousandRandomFrames_AreRefusedEach()
    {
        const int FrameCount = 100_000;
        const int FramesPerBody = 10_000;
        var random = new Random(4_711);
        for (int body = 0; body < FrameCount / FramesPerBody; body++)
        {
            using var frames = new MemoryStream();
            for (int i = 0; i < FramesPerBody; i++)
            {
                // A plausible length, so that each is a frame of its own; and mostly a known kind.
                byte[] frame = new byte[FrameLayout.FrameBytesMin + (8 * random.Next(40))];
                random.NextBytes(frame);
                BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)random.Next(4));
                frame[8] = 1;
                frame[9] = (byte)random.Next(10);
                frames.Write(frame);
            }

            Outcome[] outcomes = await SubmitAsync(frames.ToArray());
            Assert.Equal(FramesPerBody, outcomes.Length);
            Assert.All(outcomes, outcome => Assert.True(outcome >= Outcome.Malformed));
        }

        await AssertUnchangedAsync();
    }

    [Fact]
    public async Task Binary_RandomBytes_AreOneMalformedEntryOrMore()
    {
        var random = new Random(815);
        for (int round = 0; round < 500; round++)
        {
            byte[] body = new byte[1 + random.Next(2_000)];
            random.NextBytes(body);
            Assert.All(await SubmitAsync(body), outcome => Assert.Equal(Outcome.Malformed, outcome));
        }

        await AssertUnchangedAsync();
    }

    [Fact]
    public async Task Json_EveryCharacterChangedOrRemoved_IsRefusedOrTheSameTransfer()
    {
        string good = TransferApiTests.JsonOf(_ledger.Pay(_alice, _bob, 100, nonce: 1));
        var random = new Random(99);
        for (int at = 0; at < good.Length; at++)
        {
            string bad = random.Next(2) == 0 ? good.Remove(at, 1) : good[..at] + (char)random.Next(32, 127) + good[(at + 1)..];
            using HttpResponseMessage response = await PostAsync("/v1/transfers", Encoding.UTF8.GetBytes(bad), "application/json");
            if (!JsonMeansTheSame(good, bad))
            {
                Assert.True((int)response.StatusCode is >= 400 and < 500, $"character {at}: {response.StatusCode} for {bad}");
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    [Fact]
    public async Task Json_RandomDocuments_AreRefusedEach()
    {
        var random = new Random(7);
        string[] pieces = ["{", "}", "[", "]", ":", ",", "\"kind\"", "\"pay\"", "\"amount\"", "1", "-1", "1e9", "null", "true", "\"items\"", "\"signer\"", "\u00e9", "\\u0000", " "];
        for (int round = 0; round < 3_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => pieces[random.Next(pieces.Length)]));
            string target = random.Next(2) == 0 ? "/v1/transfers" : "/v1/transfers/batch";
            using HttpResponseMessage response = await PostAsync(target, Encoding.UTF8.GetBytes(text), "application/json");
            Assert.True((int)response.StatusCode is >= 400 and < 500, $"{response.StatusCode} for {text}");
        }

        await AssertUnchangedAsync();
    }

    [Fact]
    public async Task Json_NestedTooDeep_IsRefused()
    {
        byte[] deep = Encoding.UTF8.GetBytes(new string('[', 100_000));

        using HttpResponseMessage response = await PostAsync("/v1/transfers", deep, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static bool JsonMeansTheSame(string good, string bad)
    {
        try
        {
            byte[] first = new byte[FrameLayout.FrameBytesMax];
            byte[] second = new byte[FrameLayout.FrameBytesMax];
            return TransferJson.TryRead(Encoding.UTF8.GetBytes(good), first, out int length, out _)
                && TransferJson.TryRead(Encoding.UTF8.GetBytes(bad), second, out int otherLength, out _)
                && first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, otherLength));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task<string> RootAsync() => (await _http.GetFromJsonAsync<JsonElement>("/v1/pulses/latest")).GetProperty("root").GetString()!;

    private async Task AssertUnchangedAsync()
    {
        Assert.Equal(_root, await RootAsync());
        Assert.Equal("ready\n", await _http.GetStringAsync("/readyz"));
    }

    private async Task<Outcome[]> SubmitAsync(byte[] body)
    {
        using HttpResponseMessage response = await PostAsync("/v1/transfers/batch", body, "application/octet-stream");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        byte[] answers = await response.Content.ReadAsByteArrayAsync();
        return [.. Enumerable.Range(0, answers.Length / TransferAnswer.SizeBytes).Select(i => (Outcome)BinaryPrimitives.ReadUInt16LittleEndian(answers.AsSpan((i * TransferAnswer.SizeBytes) + 16)))];
    }

    private async Task<HttpResponseMessage> PostAsync(string target, byte[] body, string type)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await _http.PostAsync(target, content);
    }
}
