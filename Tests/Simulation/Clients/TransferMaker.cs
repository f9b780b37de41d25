using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>Builds and signs the frames that clients send.</summary>
internal sealed class TransferMaker(Scenario scenario, SimulatedChance chance, PlainLedger ledger)
{
    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly Parties _parties = Parties.OfThread;
    private readonly Dictionary<AccountId, ulong> _nonces = [];

    /// <summary>Nonces go up one by one.</summary>
    public bool IsOrderly { get; init; }

    private static byte[] Scratch => _scratch ??= new byte[FrameLayout.FrameBytesMax];

    public byte[] Issue(int to, ulong amount, Timestamp expiry)
    {
        TransferBody body = Body(TransferKind.Issue, _parties.OrganizationId, _parties.Ids[to], amount, expiry);
        return Scratch[..TransferBuilder.Issue(Scratch, body, _parties.Organization)];
    }

    public byte[] IssueBundle(int[] to, ulong amount, Timestamp expiry)
    {
        var bundle = new BundleBuilder(Scratch, Body(TransferKind.IssueBundle, _parties.OrganizationId, default, 0, expiry));
        foreach (int party in to)
        {
            bundle.Add(_parties.Ids[party], new Amount(amount), NewReference(), Acceptance.None);
        }

        return Scratch[..bundle.Finish(_parties.Organization)];
    }

    public byte[] Pay(int from, int to, ulong amount, Timestamp expiry)
    {
        TransferBody body = Body(TransferKind.Pay, _parties.Ids[from], _parties.Ids[to], amount, expiry);
        Acceptance acceptance = chance.Hits(0.5) ? Standing(to) : Acceptance.BySignature(_parties.Key(to).PublicKey, TransferBuilder.Sign(body, _parties.Key(to)));
        return Scratch[..TransferBuilder.Pay(Scratch, body, _parties.Key(from), acceptance)];
    }

    public byte[] Bundle(int from, int[] to, ulong amount, Timestamp expiry)
    {
        var bundle = new BundleBuilder(Scratch, Body(TransferKind.Bundle, _parties.Ids[from], default, 0, expiry));
        foreach (int party in to)
        {
            Reference reference = NewReference();
            TransferBody item = bundle.NextItemBody(_parties.Ids[party], new Amount(amount), reference);
            Acceptance acceptance = chance.Hits(0.8) ? Standing(party) : Acceptance.BySignature(_parties.Key(party).PublicKey, TransferBuilder.Sign(item, _parties.Key(party)));
            bundle.Add(_parties.Ids[party], new Amount(amount), reference, acceptance);
        }

        return Scratch[..bundle.Finish(_parties.Key(from))];
    }

    public byte[] Reserve(int from, int to, int controller, ulong amount, Timestamp until, Timestamp expiry)
    {
        TransferBody body = Body(TransferKind.Reserve, _parties.Ids[from], _parties.Ids[to], amount, expiry);
        var terms = new HoldTerms(until, _parties.Ids[controller]);
        return Scratch[..TransferBuilder.Reserve(Scratch, body, terms, _parties.Key(from), Standing(to))];
    }

    public byte[] Post(AccountId owner, in Hold hold, AccountId signer, ulong amount, Timestamp expiry)
    {
        TransferBody body = Body(TransferKind.Post, owner, hold.Receiver, amount, expiry) with { Nonce = hold.Nonce };
        return Scratch[..TransferBuilder.Post(Scratch, body, hold.Amount, KeyOf(signer))];
    }

    public byte[] Release(AccountId owner, in Hold hold, AccountId signer, Timestamp expiry)
    {
        TransferBody body = Body(TransferKind.Release, owner, hold.Receiver, 0, expiry) with { Nonce = hold.Nonce };
        return Scratch[..TransferBuilder.Release(Scratch, body, KeyOf(signer))];
    }

    /// <summary>The frame with one bit inverted.</summary>
    public byte[] Spoil(byte[] frame)
    {
        byte[] spoiled = [.. frame];
        spoiled[chance.Next((ulong)frame.Length)] ^= (byte)(1 << (int)chance.Next(8));
        return spoiled;
    }

    private PrivateKey KeyOf(AccountId party) => _parties.Key(_parties.NumberOf[party]);

    private Acceptance Standing(int party) => Acceptance.ByStanding(_parties.Key(party).PublicKey, _parties.Standing(party));

    private Reference NewReference()
    {
        Span<byte> bytes = stackalloc byte[Reference.SizeBytes];
        chance.Fill(bytes);
        return new Reference(bytes);
    }

    private TransferBody Body(TransferKind kind, AccountId sender, AccountId receiver, ulong amount, Timestamp expiry) => new()
    {
        Kind = kind,
        Ledger = scenario.Parameters.Ledger,
        Sender = sender,
        Receiver = receiver,
        Amount = new Amount(amount),
        Nonce = FrameLayout.ActsOnHold(kind) ? 0 : NextNonce(sender),
        Expiry = expiry,
        Reference = NewReference(),
    };

    /// <summary>An issuance that must be taken: its nonce is above all that are committed, and nothing else is under way.</summary>
    public byte[] Probe(Timestamp expiry)
    {
        ulong nonce = (ledger.Find(_parties.OrganizationId)?.NonceHighest ?? 0) + 1;
        TransferBody body = Body(TransferKind.Issue, _parties.OrganizationId, _parties.Ids[0], 1, expiry) with { Nonce = nonce };
        return Scratch[..TransferBuilder.Issue(Scratch, body, _parties.Organization)];
    }

    /// <summary>Mostly the next one; now and then a few are left out, or an old one is taken again.</summary>
    private ulong NextNonce(AccountId sender)
    {
        ulong committed = ledger.Find(sender)?.NonceHighest ?? 0;
        ulong last = _nonces.GetValueOrDefault(sender);
        last = last < committed || last - committed > 40 ? committed : last;
        if (!IsOrderly && last > 0 && chance.Hits(0.03))
        {
            return last;
        }

        ulong next = last + (!IsOrderly && chance.Hits(0.05) ? 1 + chance.Next(5) : 1);
        _nonces[sender] = next;
        return next;
    }
}
