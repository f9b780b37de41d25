using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Actors;

/// <summary>An organization and parties with keys, and the transfers that they sign.</summary>
internal sealed class Demo
{
    private const ulong Hour = 3_600_000;

    private readonly Dictionary<int, PrivateKey> _parties = [];

    public Demo(string bandBits = "2", int translucency = 2)
    {
        Assert.True(TreeBands.TryParse(bandBits, out TreeBands bands));
        Parameters = new LedgerParameters
        {
            OrganizationKey = Organization.PublicKey,
            TokenSymbol = "DEMO",
            Bands = bands,
            Translucency = translucency,
            ExpiryAheadMs = 24 * Hour,
        };
    }

    public PrivateKey Organization { get; } = KeyOf(1_000_000);

    public LedgerParameters Parameters { get; }

    public Committee Committee
    {
        get
        {
            Assert.Equal(CommitteeFault.None, Committee.TryCreate(1, [Party(0).PublicKey], out Committee? committee));
            return committee!;
        }
    }

    public PrivateKey Party(int number)
    {
        if (!_parties.TryGetValue(number, out PrivateKey? key))
        {
            key = _parties[number] = KeyOf(number);
        }

        return key;
    }

    public AccountId Id(int number) => AccountIds.Of(Party(number).PublicKey);

    /// <summary>The organization gives a party money.</summary>
    public byte[] Issue(int to, ulong amount, ulong nonce, ulong now)
    {
        byte[] frame = new byte[1024];
        return frame[..TransferBuilder.Issue(frame, Body(AccountIds.Of(Organization.PublicKey), Id(to), amount, nonce, now) with { Kind = TransferKind.Issue }, Organization)];
    }

    /// <summary>One party pays another, and both sign.</summary>
    public byte[] Pay(int from, int to, ulong amount, ulong nonce, ulong now)
    {
        byte[] frame = new byte[1024];
        TransferBody body = Body(Id(from), Id(to), amount, nonce, now) with { Kind = TransferKind.Pay };
        var acceptance = Acceptance.BySignature(Party(to).PublicKey, TransferBuilder.Sign(body, Party(to)));
        return frame[..TransferBuilder.Pay(frame, body, Party(from), acceptance)];
    }

    /// <summary>One party sets funds aside for another.</summary>
    public byte[] Reserve(int from, int to, ulong amount, ulong nonce, ulong now, ulong expiry)
    {
        byte[] frame = new byte[1024];
        TransferBody body = Body(Id(from), Id(to), amount, nonce, now) with { Kind = TransferKind.Reserve };
        var terms = new HoldTerms(new Timestamp(expiry), default);
        var acceptance = Acceptance.BySignature(Party(to).PublicKey, TransferBuilder.Sign(body, terms, Party(to)));
        return frame[..TransferBuilder.Reserve(frame, body, terms, Party(from), acceptance)];
    }

    /// <summary>The owner of a hold pays out of it.</summary>
    public byte[] Post(int from, int to, ulong amount, ulong held, ulong nonce, ulong now)
    {
        byte[] frame = new byte[1024];
        TransferBody body = Body(Id(from), Id(to), amount, nonce, now) with { Kind = TransferKind.Post };
        return frame[..TransferBuilder.Post(frame, body, new Amount(held), Party(from))];
    }

    /// <summary>The organization gives several parties money at once.</summary>
    public byte[] IssueMany((int To, ulong Amount)[] items, ulong nonce, ulong now)
    {
        byte[] frame = new byte[8192];
        var builder = new BundleBuilder(frame, Body(AccountIds.Of(Organization.PublicKey), default, 0, nonce, now) with { Kind = TransferKind.IssueBundle });
        foreach ((int to, ulong amount) in items)
        {
            builder.Add(Id(to), new Amount(amount), default, Acceptance.None);
        }

        return frame[..builder.Finish(Organization)];
    }

    /// <summary>One party pays several at once, and all sign.</summary>
    public byte[] PayMany(int from, (int To, ulong Amount)[] items, ulong nonce, ulong now)
    {
        byte[] frame = new byte[8192];
        var builder = new BundleBuilder(frame, Body(Id(from), default, 0, nonce, now) with { Kind = TransferKind.Bundle });
        foreach ((int to, ulong amount) in items)
        {
            TransferBody item = builder.NextItemBody(Id(to), new Amount(amount), default);
            builder.Add(Id(to), new Amount(amount), default, Acceptance.BySignature(Party(to).PublicKey, TransferBuilder.Sign(item, Party(to))));
        }

        return frame[..builder.Finish(Party(from))];
    }

    public static TransferBatch Batch(params byte[][] frames)
    {
        var batch = new TransferBatch();
        foreach (byte[] frame in frames)
        {
            Assert.True(batch.TryAppend(frame));
        }

        return batch;
    }

    private static PrivateKey KeyOf(int number)
    {
        byte[] seed = new byte[32];
        BitConverter.TryWriteBytes(seed, number);
        return PrivateKey.FromSeed(seed);
    }

    private TransferBody Body(AccountId sender, AccountId receiver, ulong amount, ulong nonce, ulong now) => new()
    {
        Version = TransferBody.CurrentVersion,
        Ledger = Parameters.Ledger,
        Sender = sender,
        Receiver = receiver,
        Amount = new Amount(amount),
        Nonce = nonce,
        Expiry = new Timestamp(now + Hour),
    };
}
