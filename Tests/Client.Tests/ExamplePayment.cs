using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Client;

/// <summary>The README's example of the client library, word for word between the two lines that say so.</summary>
internal static class ExamplePayment
{
    public static async Task<TransferResult> PayAsync(Uri node, PrivateKey alice, PrivateKey bob, CancellationToken cancel)
    {
        // Begin of the example.
        using var client = new LedgerClient(node, new Uri("http://127.0.0.1:7701"));
        LedgerTrust ledger = await client.TrustAsync(cancel);
        var terms = new StandingTerms
        {
            Ledger = ledger.Ledger,
            Receiver = AccountIds.Of(bob.PublicKey),
            LargestAmount = new Amount(100_00),
            Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.AddDays(30).ToUnixTimeMilliseconds()),
        };
        await client.RegisterAcceptanceAsync(bob.PublicKey, StandingAcceptance.Sign(terms, bob), cancel);

        TransferResult paid = await client.PayAsync(alice, terms.Receiver, new Amount(1_50), default, cancel);
        VerifiedReceipt receipt = await client.ReceiptAsync(Hash256.Parse(paid.Id), alice, sender: null, cancel);
        byte[] kept = receipt.Receipt.ToBytes();
        // End of the example.
        return kept.Length != 0 ? paid : throw new InvalidOperationException("A receipt has bytes.");
    }
}
