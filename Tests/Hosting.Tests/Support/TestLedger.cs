using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Hosting.Telemetry;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeitherCluster.Tests.Hosting.Support;

/// <summary>A small ledger on files with quick pulses, its API on a free port, and an organization whose key is at hand.</summary>
internal sealed class TestLedger : IAsyncDisposable
{
    private const int PulseCycleMs = 50;

    private readonly TestFolder _folder = new();
    private LedgerNode? _node;
    private LedgerApi? _api;
    private ulong _nonce;

    private TestLedger(string bandsText)
    {
        Folder = new LedgerFolder(_folder.Path);
        KeyFiles.WriteNew(Folder.OrganizationKeyFile, KeyFile.Plain(Organization));
        Assert.True(TreeBands.TryParse(bandsText, out TreeBands bands));
        Parameters = new LedgerParameters { OrganizationKey = Organization.PublicKey, TokenSymbol = "TEST", Bands = bands, Translucency = bands.DepthBits };
        LedgerParametersFile.WriteNew(Folder.ParametersFile, Parameters);
    }

    public LedgerFolder Folder { get; }

    public PrivateKey Organization { get; } = PrivateKey.FromSeed(new byte[32].Select((_, i) => (byte)i).ToArray());

    public LedgerParameters Parameters { get; }

    public ILedgerGateway Gateway => _node!.Gateway;

    public Uri Url => _api!.Url;

    public static async Task<TestLedger> StartAsync(Func<NodeOptions, NodeOptions>? change = null, string bands = "2")
    {
        var ledger = new TestLedger(bands);
        await ledger.StartNodeAsync(change ?? (options => options));
        return ledger;
    }

    /// <summary>A client of the API.</summary>
    public HttpClient Client() => new() { BaseAddress = Url };

    public async Task RestartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        await StopNodeAsync();
        await StartNodeAsync(change ?? (options => options));
    }

    public async Task StopNodeAsync()
    {
        if (_node is not null)
        {
            await _api!.DisposeAsync();
            await _node.DisposeAsync();
            _node = null;
        }
    }

    /// <summary>Funds an account; returns when it is committed.</summary>
    public async Task GrantAsync(AccountId to, ulong units)
    {
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        int length = TransferBuilder.Issue(frame, Body(TransferKind.Issue, Organization, to, units, ++_nonce), Organization);
        Assert.Equal(Outcome.Committed, (await SendAsync(frame[..length]))[0].Outcome);
    }

    /// <summary>Funds many accounts, 1,024 in a bundle; returns when all are committed.</summary>
    public async Task GrantAsync(IEnumerable<AccountId> accounts, ulong units)
    {
        const int BundlesInFlight = 32;
        byte[] room = new byte[FrameLayout.FrameBytesMax];
        foreach (AccountId[][] bundles in accounts.Chunk(FrameLayout.ItemCountMax).Chunk(BundlesInFlight))
        {
            TransferAnswer[] answers = await SendAsync([.. bundles.Select(Issue)]);
            Assert.All(answers, answer => Assert.Equal(Outcome.Committed, answer.Outcome));
        }

        byte[] Issue(AccountId[] receivers)
        {
            var bundle = new BundleBuilder(room, Body(TransferKind.IssueBundle, Organization, default, 0, ++_nonce));
            foreach (AccountId receiver in receivers)
            {
                bundle.Add(receiver, new Amount(units), default, Acceptance.None);
            }

            return room[..bundle.Finish(Organization)];
        }
    }

    /// <summary>A payment that both parties sign.</summary>
    public byte[] Pay(PrivateKey from, PrivateKey to, ulong units, ulong nonce)
    {
        TransferBody body = Body(TransferKind.Pay, from, AccountIds.Of(to.PublicKey), units, nonce);
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        return frame[..TransferBuilder.Pay(frame, body, from, Acceptance.BySignature(to.PublicKey, TransferBuilder.Sign(body, to)))];
    }

    public TransferBody Body(TransferKind kind, PrivateKey from, AccountId to, ulong units, ulong nonce) => new()
    {
        Version = TransferBody.CurrentVersion,
        Kind = kind,
        Ledger = Parameters.Ledger,
        Sender = AccountIds.Of(from.PublicKey),
        Receiver = to,
        Amount = new Amount(units),
        Nonce = nonce,
        Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 600_000),
    };

    public async Task<TransferAnswer[]> SendAsync(params byte[][] frames)
    {
        var batch = new TransferBatch();
        foreach (byte[] frame in frames)
        {
            Assert.True(batch.TryAppend(frame));
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await Submissions.SendAsync(Gateway, batch, patience.Token);
    }

    /// <summary>A key that a seed byte names.</summary>
    public static PrivateKey Key(byte seed)
    {
        byte[] bytes = new byte[32];
        bytes.AsSpan().Fill(seed);
        return PrivateKey.FromSeed(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodeAsync();
        _folder.Dispose();
    }

    private async Task StartNodeAsync(Func<NodeOptions, NodeOptions> change)
    {
        NodeOptions options = change(new NodeOptions { DataFolder = _folder.Path, Url = "http://127.0.0.1:0", PulseCycleMs = PulseCycleMs });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        LedgerNode node = await LedgerNode.StartAsync(options, Parameters, Key(200), NullLoggerFactory.Instance, NodeFate.None, patience.Token);
        await node.WhenRunningAsync(patience.Token);
        _node = node;
        _api = await LedgerApi.StartAsync(new ApiServices(node.Gateway, options, TimeProvider.System, new NodeMeter(node.System)), static _ => { }, patience.Token);
    }
}
