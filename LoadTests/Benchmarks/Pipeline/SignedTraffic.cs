using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// Payments that are really signed, each sent once: by as many senders as there are, in turn, to one receiver who accepts them beforehand. So each
/// takes one verification; that of the acceptance is remembered.
/// </summary>
internal sealed class SignedTraffic : IDisposable
{
    public const int BatchFrames = 2_048;

    private const ulong Amount = 1;

    private readonly PrivateKey[] _senders;

    /// <param name="senders">parties of the ledger, all of which it funds</param>
    /// <param name="payments">how many to sign, a whole number of batches; as many for each sender as it may have in flight, at the most</param>
    public SignedTraffic(int senders, int payments)
    {
        _senders = new PrivateKey[senders];
        Ids = new AccountId[senders];
        Parallel.For(0, senders, number =>
        {
            byte[] seed = new byte[PrivateKey.SeedLength];
            new Random(number).NextBytes(seed);
            _senders[number] = PrivateKey.FromSeed(seed);
            Ids[number] = AccountIds.Of(_senders[number].PublicKey);
        });
        PrivateKey receiver = _senders[0];
        Timestamp expiry = Traffic.ExpiryFrom(DateTimeOffset.UtcNow);
        var terms = new StandingTerms
        {
            Ledger = LedgerInProcess.Parameters.Ledger,
            Receiver = Ids[0],
            LargestAmount = new Amount(Amount),
            Expiry = expiry,
        };
        Acceptance acceptance = Acceptance.ByStanding(receiver.PublicKey, StandingAcceptance.Sign(terms, receiver));
        Batches = new TransferBatch[payments / BatchFrames];
        Parallel.For(0, Batches.Length, number => Batches[number] = Sign(number * BatchFrames, expiry, acceptance));
    }

    public TransferBatch[] Batches { get; }

    /// <summary>The senders' accounts.</summary>
    public AccountId[] Ids { get; }

    public void Dispose()
    {
        foreach (PrivateKey sender in _senders)
        {
            sender.Dispose();
        }
    }

    private TransferBatch Sign(int first, Timestamp expiry, in Acceptance acceptance)
    {
        var batch = new TransferBatch();
        byte[] frame = new byte[FrameLayout.FrameBytesMin + FrameLayout.StandingAcceptanceBytes];
        for (int payment = first; payment < first + BatchFrames; payment++)
        {
            (int round, int sender) = Math.DivRem(payment, _senders.Length);
            var body = new TransferBody
            {
                Kind = TransferKind.Pay,
                Ledger = LedgerInProcess.Parameters.Ledger,
                Sender = Ids[sender],
                Receiver = Ids[0],
                Amount = new Amount(Amount),
                Nonce = (ulong)round + 1,
                Expiry = expiry,
            };
            int length = TransferBuilder.Pay(frame, body, _senders[sender], acceptance);
            batch.TryAppend(frame.AsSpan(0, length));
        }

        return batch;
    }
}
