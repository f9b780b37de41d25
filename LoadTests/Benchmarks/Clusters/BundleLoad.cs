using System.Diagnostics;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.FrontDoor;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>
/// Requests of signed bundles to a network, made as they are sent, each through whichever node is next: at a given rate, or so many under way at a time. Every item goes to a random
/// party. A request that a node does not answer is sent again elsewhere, which is the client's work.
/// </summary>
internal sealed class BundleLoad : IDisposable
{
    public const int ItemsPerBundle = 100;

    private const double PartOfExpiry = 0.95;
    private const ulong OpeningUnits = 100_000_000;

    private readonly LedgerClient _client;
    private readonly Parties _parties;
    private readonly LedgerId _ledger;
    private readonly Timestamp _expiry;
    private readonly Amount _amount;
    private readonly int _bundles;
    private readonly CancellationTokenSource _stop = new();
    private Task[] _senders = [];
    private long _next;
    private long _committed;
    private long _failed;
    private long _bytes;
    private long _requests;
    private volatile string _firstFailure = "";

    /// <summary>Makes the parties and funds them.</summary>
    /// <param name="network">whose nodes are sent to</param>
    /// <param name="parties">how many</param>
    /// <param name="bundles">in a request</param>
    public BundleLoad(NetworkUnderTest network, int parties, int bundles)
    {
        _client = network.All;
        _bundles = bundles;
        LedgerResult ledger = _client.LedgerAsync(CancellationToken.None).GetAwaiter().GetResult();
        _ledger = _client.TrustAsync(CancellationToken.None).GetAwaiter().GetResult().Ledger;
        _expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + (ulong)(ledger.ExpiryAheadMs * PartOfExpiry));
        _parties = new Parties(parties, _ledger, _expiry);
        var accounts = new PartyAccounts(_client, ledger, _ledger, _parties);
        _amount = new Amount(Math.Max(1, accounts.Units(ledger.MinimumAmount)));
        accounts.FundAsync(new AccountState[parties], OpeningUnits, network.Organization, CancellationToken.None).GetAwaiter().GetResult();
    }

    public int TransfersPerRequest => _bundles * ItemsPerBundle;

    /// <summary>Transfers that were answered "committed".</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Transfers that were answered otherwise, or not at all.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The first answer of that kind.</summary>
    public string FirstFailure => _firstFailure;

    /// <summary>Bytes of a transfer on its way from the client.</summary>
    public double BytesPerTransfer => Interlocked.Read(ref _bytes) / (double)Math.Max(1, Interlocked.Read(ref _requests) * TransfersPerRequest);

    /// <summary>Sends until it is ended, with so many requests under way at most.</summary>
    /// <param name="underWay">how many; of each party no more nonces may be in flight than its window lets</param>
    /// <param name="perSecond">transfers a second; 0: as fast as answers come</param>
    public void Start(int underWay, double perSecond = 0)
    {
        long start = Stopwatch.GetTimestamp();
        long first = _next;
        double ticksPerRequest = perSecond == 0 ? 0 : TransfersPerRequest * Stopwatch.Frequency / perSecond;
        _senders = [.. Enumerable.Range(0, underWay).Select(_ => Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                long number = Interlocked.Increment(ref _next) - 1;
                if (ticksPerRequest != 0)
                {
                    await UntilAsync(start + (long)((number - first) * ticksPerRequest)).ConfigureAwait(false);
                }

                await SendAsync(number).ConfigureAwait(false);
            }
        }))];
    }

    /// <summary>Sends no more, and waits for all answers.</summary>
    public void End()
    {
        _stop.Cancel();
        Task.WaitAll(_senders);
    }

    public void Dispose()
    {
        End();
        _stop.Dispose();
        _parties.Dispose();
    }

    private static async Task UntilAsync(long due)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(long number)
    {
        byte[] frames = Make(number);
        try
        {
            TransferAnswer[] answers = await _client.SubmitAsync(frames, CancellationToken.None).ConfigureAwait(false);
            foreach (TransferAnswer answer in answers)
            {
                Note(answer.Outcome == Outcome.Committed, $"a bundle was answered {answer.Outcome}", ItemsPerBundle);
            }
        }
        catch (LedgerClientException failure)
        {
            Note(false, failure.Message, TransfersPerRequest);
        }

        Interlocked.Add(ref _bytes, frames.Length);
        Interlocked.Increment(ref _requests);
    }

    private void Note(bool isCommitted, string otherwise, int transfers)
    {
        if (isCommitted)
        {
            Interlocked.Add(ref _committed, transfers);
        }
        else if (Interlocked.Add(ref _failed, transfers) == transfers)
        {
            _firstFailure = otherwise;
        }
    }

    private byte[] Make(long request)
    {
        byte[] frames = new byte[_bundles * (FrameLayout.ItemsOffset + (ItemsPerBundle * (FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes)))];
        var random = new SplitMix((ulong)request + 1);
        int length = 0;
        for (long number = request * _bundles; number < (request + 1) * _bundles; number++)
        {
            (long round, long sender) = Math.DivRem(number, _parties.Count);
            var bundle = new BundleBuilder(frames.AsSpan(length), new TransferBody
            {
                Version = TransferBody.CurrentVersion,
                Kind = TransferKind.Bundle,
                Ledger = _ledger,
                Sender = _parties.IdOf((int)sender),
                Nonce = (ulong)round + 1,
                Expiry = _expiry,
            });
            for (int item = 0; item < ItemsPerBundle; item++)
            {
                int receiver = (int)random.Below(_parties.Count);
                bundle.Add(_parties.IdOf(receiver), _amount, default, _parties.AcceptanceOf(receiver));
            }

            length += bundle.Finish(_parties.KeyOf((int)sender));
        }

        return length == frames.Length ? frames : frames[..length];
    }
}
