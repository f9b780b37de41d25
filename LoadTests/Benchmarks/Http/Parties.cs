using System.Buffers.Binary;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>Those who pay each other: real keys, and of each a standing acceptance of what anyone pays.</summary>
internal sealed class Parties : IDisposable
{
    private readonly PrivateKey[] _keys;
    private readonly AccountId[] _ids;
    private readonly StandingAcceptance[] _acceptances;

    private readonly int _seed;

    /// <param name="count">how many</param>
    /// <param name="ledger">what their acceptances are for</param>
    /// <param name="expiry">until when those are good</param>
    /// <param name="seed">of their keys</param>
    public Parties(int count, LedgerId ledger, Timestamp expiry, int seed = 0)
    {
        _seed = seed;
        _keys = new PrivateKey[count];
        _ids = new AccountId[count];
        _acceptances = new StandingAcceptance[count];
        Parallel.For(0, count, number => Make(number, ledger, expiry));
    }

    public int Count => _keys.Length;

    /// <summary>Their accounts, by number.</summary>
    public AccountId[] Ids => _ids;

    public PrivateKey KeyOf(int number) => _keys[number];

    public AccountId IdOf(int number) => _ids[number];

    public Acceptance AcceptanceOf(int number) => Acceptance.ByStanding(_keys[number].PublicKey, _acceptances[number]);

    public void Dispose()
    {
        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }

    private void Make(int number, LedgerId ledger, Timestamp expiry)
    {
        Span<byte> seed = stackalloc byte[PrivateKey.SeedLength];
        seed.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(seed, number + 1);
        BinaryPrimitives.WriteInt32LittleEndian(seed[sizeof(int)..], _seed);
        PrivateKey key = PrivateKey.FromSeed(seed);
        _keys[number] = key;
        _ids[number] = AccountIds.Of(key.PublicKey);
        _acceptances[number] = StandingAcceptance.Sign(
            new StandingTerms { Ledger = ledger, Receiver = _ids[number], LargestAmount = new Amount(ulong.MaxValue), Expiry = expiry },
            key);
    }
}
