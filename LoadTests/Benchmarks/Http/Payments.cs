using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Trees;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>
/// Makes requests: bundles that their senders really signed, each item to a random party under its standing acceptance. The parties send in turn,
/// so that of each only a few bundles are in flight, and no nonce falls out of its window.
/// </summary>
internal sealed class Payments(Parties parties, LoadedLedger ledger, int bundlesPerRequest, int itemsPerBundle)
{
    /// <summary>What each party is funded with.</summary>
    public const ulong Opening = 1_000_000_000;

    private const ulong AmountUnits = 1;

    // Half of what a nonce window lets be in flight.
    private const int BundlesPerFunding = 32;
    private const int PartiesPerFunding = BundlesPerFunding * FrameLayout.ItemCountMax;

    private long _bundlesMade;
    private ulong _issueNonce;

    public int TransfersPerRequest => bundlesPerRequest * itemsPerBundle;

    /// <summary>The requests that issue every party its opening, in bundles; to be sent one after the other.</summary>
    public IEnumerable<BundleRequest> Funding()
    {
        for (int first = 0; first < parties.Count; first += PartiesPerFunding)
        {
            var request = new BundleRequest(BundlesPerFunding, FrameLayout.ItemCountMax, 0);
            int end = Math.Min(parties.Count, first + PartiesPerFunding);
            for (int next = first; next < end; next += FrameLayout.ItemCountMax)
            {
                Fund(request, next, Math.Min(end, next + FrameLayout.ItemCountMax));
            }

            request.Finish();
            yield return request;
        }
    }

    /// <summary>Requests of payments, on all cores.</summary>
    public BundleRequest[] Make(int count)
    {
        long first = _bundlesMade;
        var requests = new BundleRequest[count];
        Parallel.For(0, count, number => requests[number] = MakeOne(first + ((long)number * bundlesPerRequest)));
        _bundlesMade += (long)count * bundlesPerRequest;
        return requests;
    }

    private void Fund(BundleRequest request, int first, int end)
    {
        var bundle = new BundleBuilder(request.Room, Body(TransferKind.IssueBundle, ledger.Id.OrganizationAccount, ++_issueNonce));
        for (int party = first; party < end; party++)
        {
            bundle.Add(parties.IdOf(party), new Amount(Opening), default, Acceptance.None);
        }

        request.Append(bundle.Finish(ledger.Organization), end - first);
    }

    private BundleRequest MakeOne(long firstBundle)
    {
        var request = new BundleRequest(bundlesPerRequest, itemsPerBundle, FrameLayout.StandingAcceptanceBytes);
        var random = new SplitMix((ulong)firstBundle + 1);
        for (long number = firstBundle; number < firstBundle + bundlesPerRequest; number++)
        {
            int sender = (int)(number % parties.Count);
            ulong nonce = ((ulong)number / (ulong)parties.Count) + 1;
            var bundle = new BundleBuilder(request.Room, Body(TransferKind.Bundle, parties.IdOf(sender), nonce));
            for (int item = 0; item < itemsPerBundle; item++)
            {
                int receiver = (int)random.Below(parties.Count);
                bundle.Add(parties.IdOf(receiver), new Amount(AmountUnits), default, parties.AcceptanceOf(receiver));
            }

            request.Append(bundle.Finish(parties.KeyOf(sender)), itemsPerBundle);
        }

        request.Finish();
        return request;
    }

    private TransferBody Body(TransferKind kind, in AccountId sender, ulong nonce) => new()
    {
        Version = TransferBody.CurrentVersion,
        Kind = kind,
        Ledger = ledger.Id,
        Sender = sender,
        Nonce = nonce,
        Expiry = ledger.Expiry,
    };
}
