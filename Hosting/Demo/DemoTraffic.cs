using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Demo;

/// <summary>Plays signed payments among the demonstration accounts at a chosen rate: each is really signed, and really checked.</summary>
internal sealed class DemoTraffic(ILedgerGateway gateway, DemoAccounts accounts, int transfersPerSecond, TimeProvider clock)
{
    /// <summary>The highest rate, transfers a second.</summary>
    public const int RateMax = 20_000;

    private const int TicksPerSecond = 10;
    private const int AmountUnitsMax = 1_000;

    // The nonce that an account used last; 0 when the ledger has to be asked: at first, and after a refusal, which uses none.
    private readonly ulong[] _nonces = new ulong[accounts.Ids.Count];
    private readonly byte[] _frame = new byte[FrameLayout.FrameBytesMax];
    private readonly Random _random = new();
    private int _nextSender;
    private long _refused;

    /// <summary>Payments that the ledger refused, as when an account ran dry.</summary>
    public long RefusedCount => Interlocked.Read(ref _refused);

    /// <summary>Plays until cancelled. A tick whose turn passed while the ledger was full is left out.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond), clock);
        int due = 0;
        while (await ticks.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            due += transfersPerSecond;
            int count = due / TicksPerSecond;
            due -= count * TicksPerSecond;
            if (count != 0 && await KnowNoncesAsync(count, cancel).ConfigureAwait(false))
            {
                await PlayAsync(count, cancel).ConfigureAwait(false);
            }
        }
    }

    // False while the ledger cannot be asked, as when its disk is full: the tick is left out.
    private async Task<bool> KnowNoncesAsync(int count, CancellationToken cancel)
    {
        try
        {
            for (int i = 0; i < count; i++)
            {
                int sender = (_nextSender + i) % accounts.Ids.Count;
                if (Volatile.Read(ref _nonces[sender]) == 0)
                {
                    AccountAnswer? answer = await gateway.ReadAccountAsync(accounts.Ids[sender], null, cancel).ConfigureAwait(false);
                    Volatile.Write(ref _nonces[sender], answer?.Record?.NonceHighest ?? 0);
                }
            }

            return true;
        }
        catch (LedgerUnavailableException)
        {
            return false;
        }
    }

    private async Task PlayAsync(int count, CancellationToken cancel)
    {
        var batch = new TransferBatch();
        int first = _nextSender;
        for (int i = 0; i < count; i++)
        {
            Append(batch, _nextSender++ % accounts.Ids.Count);
        }

        await Submissions.SubmitAsync(gateway, batch, cancel).ConfigureAwait(false);
        _ = batch.WhenAnswered.ContinueWith(
            _ => Settle(batch, first),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Append(TransferBatch batch, int from)
    {
        int to = (from + 1 + _random.Next(accounts.Ids.Count - 1)) % accounts.Ids.Count;
        var body = new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = TransferKind.Pay,
            Ledger = gateway.Parameters.Ledger,
            Sender = accounts.Ids[from],
            Receiver = accounts.Ids[to],
            Amount = new Amount((ulong)_random.Next(1, AmountUnitsMax)),
            Nonce = ++_nonces[from],
            Expiry = new Timestamp((ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() + (gateway.Parameters.ExpiryAheadMs / 2)),
        };
        Acceptance acceptance = Acceptance.ByStanding(accounts.Keys[to].PublicKey, accounts.Acceptances[to]);
        int length = TransferBuilder.Pay(_frame, body, accounts.Keys[from], acceptance);
        batch.TryAppend(_frame.AsSpan(0, length));
    }

    private void Settle(TransferBatch batch, int firstSender)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Answers[i].Outcome != Outcome.Committed)
            {
                Interlocked.Increment(ref _refused);
                Volatile.Write(ref _nonces[(firstSender + i) % _nonces.Length], 0);
            }
        }
    }
}
