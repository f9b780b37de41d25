using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Client;

/// <summary>
/// A ledger as programs see it, through any of its nodes: transfers, receipts that are verified on arrival, and inquiries. What fails for a reason that
/// passes (no connection, no answer in time, a node that is full) is tried again, at the other endpoints first. That is safe for transfers too: a transfer's id is the hash
/// of what it says, and the same transfer sent again gets the same answer. Thread-safe.
/// </summary>
public sealed partial class LedgerClient : IDisposable
{
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(5);

    private readonly LedgerClientOptions _options;
    private readonly HttpClient _http;
    private readonly EndpointRing _ring;
    private readonly TimeProvider _clock;
    private LedgerResult? _ledger;
    private LedgerTrust? _trust;
    private long _retries;

    /// <param name="options">where the ledger is, and how long to try</param>
    public LedgerClient(LedgerClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Endpoints.Count, nameof(options));
        _options = options;
        _clock = options.Clock;
        _trust = options.Trust;
        _ring = new EndpointRing(options.Endpoints, options.Clock);
#pragma warning disable CA2000 // The client disposes of its handler.
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = s_connectionLifetime,
            UseProxy = false,
            AllowAutoRedirect = false,
        })
#pragma warning restore CA2000
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Connects to one or several nodes of a ledger, with all other options as they are by default.</summary>
    public LedgerClient(params Uri[] endpoints)
        : this(new LedgerClientOptions { Endpoints = endpoints })
    {
    }

    /// <summary>The nodes' addresses.</summary>
    public IReadOnlyList<Uri> Endpoints => _options.Endpoints;

    /// <summary>Attempts so far that failed and were, or could have been, made again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Which ledger the nodes keep; asked for once.</summary>
    /// <exception cref="LedgerClientException">No node says, or it is another than the one that is trusted.</exception>
    public async Task<LedgerResult> LedgerAsync(CancellationToken cancel)
    {
        if (_ledger is { } known)
        {
            return known;
        }

        LedgerResult said = await GetAsync("/v1/ledger", ApiJson.Default.LedgerResult, null, cancel).ConfigureAwait(false);
        LedgerTrust trust = LedgerTrust.Of(said) ?? throw NotALedger();
        LedgerTrust kept = Interlocked.CompareExchange(ref _trust, trust, null) ?? trust;
        return kept.Ledger == trust.Ledger
            ? _ledger = said
            : throw new LedgerClientException(ClientFault.NotVerified, $"The node keeps the ledger {trust.Ledger}, not {kept.Ledger}.");
    }

    /// <summary>Which ledger it is and whose signatures count: as the options say, or else as the first node said.</summary>
    /// <exception cref="LedgerClientException">No node says.</exception>
    public async Task<LedgerTrust> TrustAsync(CancellationToken cancel)
    {
        if (_trust is null)
        {
            await LedgerAsync(cancel).ConfigureAwait(false);
        }

        return _trust!;
    }

    /// <summary>What the ledger is doing, as one of the nodes sees it.</summary>
    public Task<StatusResult> StatusAsync(CancellationToken cancel) => GetAsync("/v1/status", ApiJson.Default.StatusResult, null, cancel);

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _http.Dispose();

    internal ulong NowMs() => (ulong)_clock.GetUtcNow().ToUnixTimeMilliseconds();
}
