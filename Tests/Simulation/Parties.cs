using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Simulation;

/// <summary>The keys of everybody in the simulations: the same for all seeds, made once a thread.</summary>
internal sealed class Parties
{
    /// <summary>Parties there are; a scenario uses the first of them.</summary>
    public const int Count = 40;

    [ThreadStatic]
    private static Parties? _ofThread;

    private readonly PrivateKey[] _keys = [.. Enumerable.Range(0, Count).Select(static number => KeyOf(number + 1))];
    private readonly StandingAcceptance?[] _standing = new StandingAcceptance?[Count];

    private Parties()
    {
        Ids = [.. _keys.Select(static key => AccountIds.Of(key.PublicKey))];
        NumberOf = Ids.Index().ToDictionary(static pair => pair.Item, static pair => pair.Index);
        Committee.TryCreate(1, [Bookkeeper.PublicKey], out Committee? committee);
        Committee = committee!;
    }

    public static Parties OfThread => _ofThread ??= new Parties();

    public PrivateKey Organization { get; } = KeyOf(1_000);

    public PrivateKey Bookkeeper { get; } = KeyOf(1_001);

    public Committee Committee { get; }

    public AccountId[] Ids { get; }

    public IReadOnlyDictionary<AccountId, int> NumberOf { get; }

    public AccountId OrganizationId => AccountIds.Of(Organization.PublicKey);

    public PrivateKey Key(int party) => _keys[party];

    /// <summary>The party takes anything from anybody, for ever.</summary>
    public StandingAcceptance Standing(int party) => _standing[party] ??= StandingAcceptance.Sign(
        new StandingTerms
        {
            Ledger = new LedgerId(OrganizationId),
            Receiver = Ids[party],
            LargestAmount = new Amount(ulong.MaxValue),
            Expiry = new Timestamp(ulong.MaxValue),
        },
        _keys[party]);

    private static PrivateKey KeyOf(int number)
    {
        byte[] seed = new byte[PrivateKey.SeedLength];
        BitConverter.TryWriteBytes(seed, number);
        return PrivateKey.FromSeed(seed);
    }
}
