using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Parties of the ledger in this process with real keys, each of whom accepts beforehand what anyone pays.</summary>
internal sealed class SignedParties : IDisposable
{
    private readonly PrivateKey[] _keys;
    private readonly Acceptance[] _acceptances;
    private readonly Timestamp _expiry = Traffic.ExpiryFrom(DateTimeOffset.UtcNow);

    public SignedParties(int count)
    {
        _keys = new PrivateKey[count];
        _acceptances = new Acceptance[count];
        Ids = new AccountId[count];
        Parallel.For(0, count, Make);
    }

    /// <summary>What every payment is of.</summary>
    public static Amount Amount { get; } = new(1);

    public int Count => _keys.Length;

    /// <summary>The parties' accounts.</summary>
    public AccountId[] Ids { get; }

    public PrivateKey KeyOf(int number) => _keys[number];

    public Acceptance AcceptanceOf(int number) => _acceptances[number];

    /// <summary>What a party's transfer says of it and of when.</summary>
    public TransferBody BodyOf(TransferKind kind, int sender, int nonce) => new()
    {
        Kind = kind,
        Ledger = LedgerInProcess.Parameters.Ledger,
        Sender = Ids[sender],
        Nonce = (ulong)nonce,
        Expiry = _expiry,
    };

    public void Dispose()
    {
        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }

    private void Make(int number)
    {
        byte[] seed = new byte[PrivateKey.SeedLength];
        new Random(number).NextBytes(seed);
        PrivateKey key = PrivateKey.FromSeed(seed);
        _keys[number] = key;
        Ids[number] = AccountIds.Of(key.PublicKey);
        var terms = new StandingTerms
        {
            Ledger = LedgerInProcess.Parameters.Ledger,
            Receiver = Ids[number],
            LargestAmount = Amount,
            Expiry = _expiry,
        };
        _acceptances[number] = Acceptance.ByStanding(key.PublicKey, StandingAcceptance.Sign(terms, key));
    }
}
