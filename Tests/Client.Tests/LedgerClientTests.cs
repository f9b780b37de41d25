using System.Net;
using System.Net.Sockets;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Client.Support;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Client;

/// <summary>The client library against the HTTP API of a real node, some of whose addresses fail.</summary>
public sealed class LedgerClientTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private TestLedger _ledger = null!;

    private AccountId Alice => AccountIds.Of(_alice.PublicKey);

    private AccountId Bob => AccountIds.Of(_bob.PublicKey);

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        await _ledger.GrantAsync(Alice, 1_000);
    }

    public async Task DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public async Task Submit_FirstEndpointDead_IsCommittedThroughTheOther()
    {
        using var client = new LedgerClient(DeadEndpoint(), _ledger.Url);
        for (ulong nonce = 1; nonce <= 4; nonce++)
        {
            TransferAnswer[] answers = await client.SubmitAsync(_ledger.Pay(_alice, _bob, 10, nonce), default);
            Assert.Equal(Outcome.Committed, Assert.Single(answers).Outcome);
        }

        Assert.True(client.Retries >= 1);
        Assert.Equal("0.40", (await client.AccountAsync(Bob, _bob, null, default)).Balance);
    }

    [Fact]
    public async Task Submit_EndpointDiesMeanwhile_EverythingIsCommittedOnce()
    {
        var dying = new FaultyProxy(_ledger.Url);
        using var client = new LedgerClient(dying.Url, _ledger.Url);
        Task<TransferAnswer[]>[] sent = [.. Enumerable.Range(1, 40).Select(nonce => client.SubmitAsync(_ledger.Pay(_alice, _bob, 1, (ulong)nonce), default))];
        dying.Dispose();
        TransferAnswer[][] answers = await Task.WhenAll(sent).WaitAsync(s_patience);

        Assert.All(answers, answer => Assert.Equal(Outcome.Committed, Assert.Single(answer).Outcome));
        Assert.Equal("0.40", (await client.AccountAsync(Bob, _bob, null, default)).Balance);
    }

    [Fact]
    public async Task Submit_AnswerLost_IsSentAgainAndCommittedOnce()
    {
        using var proxy = new FaultyProxy(_ledger.Url);
        using var client = new LedgerClient(proxy.Url);
        await client.LedgerAsync(default);
        proxy.LoseAnswers(2);
        TransferAnswer answer = Assert.Single(await client.SubmitAsync(_ledger.Pay(_alice, _bob, 25, 1), default).WaitAsync(s_patience));

        Assert.Equal(2, proxy.Lost);
        Assert.Equal(Outcome.Committed, answer.Outcome);
        Assert.Equal("0.25", (await client.AccountAsync(Bob, _bob, null, default)).Balance);
        Assert.Equal("9.75", (await client.AccountAsync(Alice, _alice, null, default)).Balance);
    }

    [Fact]
    public async Task Submit_SameFramesAgain_GetTheSameAnswers()
    {
        using var client = new LedgerClient(_ledger.Url);
        byte[] frames = [.. _ledger.Pay(_alice, _bob, 1, 1), .. _ledger.Pay(_alice, _bob, 2_000, 2), .. _ledger.Pay(_alice, _bob, 3, 3)];
        TransferAnswer[] first = await client.SubmitAsync(frames, default);
        TransferAnswer[] again = await client.SubmitAsync(frames, default);

        Assert.Equal([Outcome.Committed, Outcome.InsufficientFunds, Outcome.Committed], first.Select(answer => answer.Outcome));
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task Submit_NodeBusyAtFirst_WaitsAsLongAsTheNodeAsks()
    {
        using var proxy = new FaultyProxy(_ledger.Url);
        using var client = new LedgerClient(proxy.Url);
        await client.LedgerAsync(default);
        using var second = new LedgerClient(new LedgerClientOptions { Endpoints = [proxy.Url], Trust = await client.TrustAsync(default) });
        proxy.Say("429 Too Many Requests\r\nRetry-After: 1");
        TransferAnswer answer = Assert.Single(await second.SubmitAsync(_ledger.Pay(_alice, _bob, 5, 1), default).WaitAsync(s_patience));

        Assert.Equal(Outcome.Committed, answer.Outcome);
        Assert.Equal(1, second.Retries);
    }

    [Fact]
    public async Task Submit_NoEndpointAnswers_SaysSoWhenPatienceEnds()
    {
        using var client = new LedgerClient(new LedgerClientOptions { Endpoints = [DeadEndpoint(), DeadEndpoint()], Patience = TimeSpan.FromMilliseconds(200) });
        LedgerClientException failure = await Assert.ThrowsAsync<LedgerClientException>(() => client.SubmitAsync(_ledger.Pay(_alice, _bob, 1, 1), default));

        Assert.Equal(ClientFault.Unreachable, failure.Fault);
        Assert.True(client.Retries >= 4);
    }

    [Fact]
    public async Task Submit_NoFrames_IsRefusedBeforeItIsSent()
    {
        using var client = new LedgerClient(DeadEndpoint());
        await Assert.ThrowsAsync<ArgumentException>(() => client.SubmitAsync(new byte[300], default));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SubmitAsync(Array.Empty<byte>(), default));
    }

    [Fact]
    public async Task Pay_WithoutStandingAcceptance_IsRefusedByName()
    {
        using var client = new LedgerClient(_ledger.Url);
        LedgerClientException failure = await Assert.ThrowsAsync<LedgerClientException>(() => client.PayAsync(_alice, Bob, new Amount(1), default, default));
        Assert.Equal((ClientFault.Refused, Outcome.NotAccepted), (failure.Fault, failure.Outcome));
    }

    [Fact]
    public async Task Receipt_SignedByOthersThanTrusted_IsNotTaken()
    {
        using var client = new LedgerClient(_ledger.Url);
        TransferResult paid = await ExamplePayment.PayAsync(_ledger.Url, _alice, _bob, default);
        Assert.True(Hash256.TryParse(paid.Id, out Hash256 id));
        LedgerTrust said = await client.TrustAsync(default);
        Assert.Equal(CommitteeFault.None, Committee.TryCreate(1, [_bob.PublicKey], out Committee? others));
        using var doubtful = new LedgerClient(new LedgerClientOptions { Endpoints = [_ledger.Url], Trust = said with { Committee = others! } });

        Assert.Equal(Alice, (await client.ReceiptAsync(id, _bob, Alice, default)).Findings.Sender);
        LedgerClientException failure = await Assert.ThrowsAsync<LedgerClientException>(() => doubtful.ReceiptAsync(id, _bob, Alice, default));
        Assert.Equal(ClientFault.NotVerified, failure.Fault);
    }

    [Fact]
    public async Task Ledger_NotTheOneThatIsTrusted_IsNotTaken()
    {
        using var client = new LedgerClient(_ledger.Url);
        LedgerTrust said = await client.TrustAsync(default);
        using var other = new LedgerClient(new LedgerClientOptions { Endpoints = [_ledger.Url], Trust = said with { Ledger = default } });
        LedgerClientException failure = await Assert.ThrowsAsync<LedgerClientException>(() => other.LedgerAsync(default));
        Assert.Equal(ClientFault.NotVerified, failure.Fault);
    }

    // One that nobody listens at any more.
    private static Uri DeadEndpoint()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
