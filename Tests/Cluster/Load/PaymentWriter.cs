using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Load;

/// <summary>
/// Writes signed payments and bundles of some of the parties to any of them, each payer in its turn, with nonces that rise by one. Chance decides on
/// receivers and amounts.
/// </summary>
internal sealed class PaymentWriter(DemoParties parties, int firstPayer, int payerCount, Random chance)
{
    private const int UnitsMax = 20;

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(30);

    private readonly ulong[] _nonces = new ulong[payerCount];
    private readonly byte[] _frame = new byte[FrameLayout.FrameBytesMax];
    private int _turn;

    /// <summary>The next payer pays somebody.</summary>
    public Payment Pay()
    {
        TransferBody body = NextBody(TransferKind.Pay, out int payer);
        (int receiver, ulong units) = NextItem();
        body = body with { Receiver = parties.Ids[receiver], Amount = new Amount(units) };
        int length = TransferBuilder.Pay(_frame, body, parties.KeyOf(payer), parties.AcceptanceOf(receiver));
        byte[] frame = _frame[..length];
        return new Payment(frame, TransferIds.Compute(new TransferFrame(frame)), payer, [(receiver, units)]);
    }

    /// <summary>The next payer pays so many at once.</summary>
    public Payment PayMany(int itemCount)
    {
        var builder = new BundleBuilder(_frame, NextBody(TransferKind.Bundle, out int payer));
        var items = new (int Receiver, ulong Units)[itemCount];
        for (int i = 0; i < itemCount; i++)
        {
            items[i] = NextItem();
            builder.Add(parties.Ids[items[i].Receiver], new Amount(items[i].Units), default, parties.AcceptanceOf(items[i].Receiver));
        }

        byte[] frame = _frame[..builder.Finish(parties.KeyOf(payer))];
        Hash256 bundle = TransferIds.Compute(new TransferFrame(frame));
        return new Payment(frame, TransferIds.ComputeItem(bundle, 0), payer, items);
    }

    private TransferBody NextBody(TransferKind kind, out int payer)
    {
        int turn = _turn++ % payerCount;
        payer = firstPayer + turn;
        return new TransferBody
        {
            Kind = kind,
            Ledger = parties.Ledger,
            Sender = parties.Ids[payer],
            Nonce = ++_nonces[turn],
            Expiry = new Timestamp((ulong)(DateTimeOffset.UtcNow + Validity).ToUnixTimeMilliseconds()),
        };
    }

    private (int Receiver, ulong Units) NextItem() => (chance.Next(parties.Ids.Count), (ulong)chance.Next(1, UnitsMax));
}
