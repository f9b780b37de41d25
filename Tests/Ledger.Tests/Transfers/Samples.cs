using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

/// <summary>A small ledger with a few parties, and one good frame of every kind and acceptance form.</summary>
internal static class Samples
{
    public static readonly Timestamp Now = new(1_760_000_000_000);
    public static readonly Timestamp Soon = new(Now.UnixMs + 60_000);

    public static readonly PrivateKey Organization = Key(1);
    public static readonly PrivateKey Alice = Key(2);
    public static readonly PrivateKey Bob = Key(3);
    public static readonly PrivateKey Carol = Key(4);
    public static readonly PrivateKey Arbiter = Key(5);

    public static readonly LedgerParameters Parameters = new()
    {
        OrganizationKey = Organization.PublicKey,
        TokenSymbol = "LTR",
        Bands = Bands("8"),
        Translucency = 8,
        MinimumAmount = new Amount(5),
    };

    public static LedgerId Ledger => Parameters.Ledger;

    public static IReadOnlyDictionary<string, byte[]> Frames { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["pay, signed"] = Pay(Body(TransferKind.Pay)),
        ["pay, standing"] = PayStanding(Body(TransferKind.Pay), Terms()),
        ["issue"] = Frame(frame => TransferBuilder.Issue(frame, Body(TransferKind.Issue) with { Sender = Id(Organization) }, Organization)),
        ["reserve, signed"] = Reserve(Body(TransferKind.Reserve), HoldTerms()),
        ["reserve, standing"] = Frame(frame => TransferBuilder.Reserve(
            frame, Body(TransferKind.Reserve), HoldTerms(), Alice, Acceptance.ByStanding(Bob.PublicKey, StandingAcceptance.Sign(Terms(), Bob)))),
        ["post"] = Frame(frame => TransferBuilder.Post(frame, Body(TransferKind.Post), new Amount(250), Arbiter)),
        ["release"] = Frame(frame => TransferBuilder.Release(frame, Body(TransferKind.Release) with { Amount = Amount.Zero }, Bob)),
        ["bundle"] = Bundle(Body(TransferKind.Bundle), [10, 20, 30, 40, 50]),
        ["issue bundle"] = IssueBundle([7, 8, 9]),
    };

    public static PrivateKey Key(byte number)
    {
        byte[] seed = new byte[PrivateKey.SeedLength];
        seed[0] = number;
        return PrivateKey.FromSeed(seed);
    }

    public static AccountId Id(PrivateKey key) => AccountIds.Of(key.PublicKey);

    public static TreeBands Bands(string text) => TreeBands.TryParse(text, out TreeBands bands) ? bands : throw new ArgumentException(text, nameof(text));

    public static Reference Ref(byte number) => new([number, .. new byte[14], 0xEE]);

    /// <summary>From Alice to Bob.</summary>
    public static TransferBody Body(TransferKind kind) => new()
    {
        Kind = kind,
        Ledger = Ledger,
        Sender = Id(Alice),
        Receiver = Id(Bob),
        Amount = new Amount(120),
        Nonce = 9,
        Expiry = Soon,
        Reference = Ref(1),
    };

    public static HoldTerms HoldTerms() => new(new Timestamp(Now.UnixMs + 86_400_000), Id(Arbiter));

    /// <summary>Bob takes up to 1,000 from Alice.</summary>
    public static StandingTerms Terms() => new()
    {
        Ledger = Ledger,
        Receiver = Id(Bob),
        Payer = Id(Alice),
        LargestAmount = new Amount(1_000),
        Expiry = Soon,
    };

    public static byte[] Pay(TransferBody body) => Frame(frame =>
        TransferBuilder.Pay(frame, body, Alice, Acceptance.BySignature(Bob.PublicKey, TransferBuilder.Sign(body, Bob))));

    public static byte[] PayStanding(TransferBody body, StandingTerms terms) => Frame(frame =>
        TransferBuilder.Pay(frame, body, Alice, Acceptance.ByStanding(Bob.PublicKey, StandingAcceptance.Sign(terms, Bob))));

    public static byte[] Reserve(TransferBody body, HoldTerms terms) => Frame(frame => TransferBuilder.Reserve(
        frame, body, terms, Alice, Acceptance.BySignature(Bob.PublicKey, TransferBuilder.Sign(body, terms, Bob))));

    /// <summary>To Bob under a standing acceptance, and to Carol under signatures, by turns.</summary>
    public static byte[] Bundle(TransferBody body, ulong[] amounts) => Frame(frame =>
    {
        BundleBuilder bundle = new(frame, body);
        for (int i = 0; i < amounts.Length; i++)
        {
            Amount amount = new(amounts[i]);
            Acceptance acceptance = i % 2 == 0
                ? Acceptance.ByStanding(Bob.PublicKey, StandingAcceptance.Sign(Terms(), Bob))
                : Acceptance.BySignature(Carol.PublicKey, TransferBuilder.Sign(bundle.NextItemBody(Id(Carol), amount, Ref((byte)i)), Carol));
            bundle.Add(i % 2 == 0 ? Id(Bob) : Id(Carol), amount, Ref((byte)i), acceptance);
        }

        return bundle.Finish(Alice);
    });

    public static byte[] IssueBundle(ulong[] amounts) => Frame(frame =>
    {
        BundleBuilder bundle = new(frame, Body(TransferKind.IssueBundle) with { Sender = Id(Organization) });
        for (int i = 0; i < amounts.Length; i++)
        {
            bundle.Add(i % 2 == 0 ? Id(Bob) : Id(Carol), new Amount(amounts[i]), Ref((byte)i), Acceptance.None);
        }

        return bundle.Finish(Organization);
    });

    public delegate int FrameBuild(Span<byte> frame);

    public static byte[] Frame(FrameBuild build)
    {
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        Array.Fill(frame, (byte)0xCC);
        return frame[..build(frame)];
    }
}
