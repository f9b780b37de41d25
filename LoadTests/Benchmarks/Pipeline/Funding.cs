using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Issues every party the same amount, in bundles that the organization signs.</summary>
internal static class Funding
{
    /// <summary>What each party has at the start.</summary>
    public const ulong Amount = 1_000_000_000;

    /// <summary>Bundles in one batch: half of what a nonce window lets be in flight.</summary>
    private const int BundlesInFlight = 32;

    public static void Run(LedgerInProcess ledger, AccountId[] parties)
    {
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        ulong nonce = 0;
        int next = 0;
        while (next < parties.Length)
        {
            var batch = new TransferBatch();
            for (int i = 0; i < BundlesInFlight && next < parties.Length; i++)
            {
                int end = Math.Min(parties.Length, next + FrameLayout.ItemCountMax);
                int length = Bundle(frame, parties, next, end, ++nonce);
                batch.TryAppend(frame.AsSpan(0, length));
                next = end;
            }

            Submit(ledger, batch);
        }
    }

    private static int Bundle(byte[] frame, AccountId[] parties, int start, int end, ulong nonce)
    {
        var body = new TransferBody
        {
            Kind = TransferKind.IssueBundle,
            Ledger = LedgerInProcess.Parameters.Ledger,
            Sender = LedgerInProcess.Parameters.Ledger.OrganizationAccount,
            Nonce = nonce,
            Expiry = Traffic.ExpiryFrom(DateTimeOffset.UtcNow),
        };
        var bundle = new BundleBuilder(frame, body);
        for (int party = start; party < end; party++)
        {
            bundle.Add(parties[party], new Amount(Amount), default, Acceptance.None);
        }

        return bundle.Finish(LedgerInProcess.Organization);
    }

    private static void Submit(LedgerInProcess ledger, TransferBatch batch)
    {
        while (!ledger.Gateway.TrySubmit(batch))
        {
            ledger.ThrowIfFailed();
            Thread.Sleep(1);
        }

        while (!batch.WhenAnswered.Wait(TimeSpan.FromMilliseconds(100)))
        {
            ledger.ThrowIfFailed();
        }

        Traffic.RequireCommitted(batch);
    }
}
