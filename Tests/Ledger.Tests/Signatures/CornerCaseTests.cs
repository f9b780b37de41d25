using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>What rules for Ed25519 disagree on: here ZIP-215's holds, by the reference and by the way the signatures were made.</summary>
public sealed class CornerCaseTests
{
    // Keys and R's of the 196 cases published for ZIP-215, as github.com/hdevalence/ed25519consensus has them (zip215_test.go, commit 074a83ff54e4):
    // each with each, S = 0, over "Zcash".
    private static readonly string[] s_publishedEncodings =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    [Fact]
    public void SmallOrderEncodings_All_AreThe14OfThePublishedCases() => Assert.Equal(
        s_publishedEncodings.Order(StringComparer.Ordinal),
        CraftedSignatures.SmallOrderEncodings.Select(Convert.ToHexStringLower).Order(StringComparer.Ordinal));

    [Fact]
    public void SpecCheckCases_AllTwelve_AreJudgedAsPublishedForZip215()
    {
        Assert.Equal(12, SpecCheckCases.All.Count);
        AssertVerdicts([.. SpecCheckCases.All]);
    }

    [Fact]
    public void NonCanonicalEncodings_OfYFromPOn_Are24() => Assert.Equal(24, CraftedSignatures.NonCanonicalEncodings.Count);

    [Fact]
    public void SmallOrderPairs_All196_AreValid()
    {
        SignatureCase[] cases = [.. CraftedSignatures.SmallOrderPairs()];

        Assert.Equal(196, cases.Length);
        AssertVerdicts(cases);
    }

    [Fact]
    public void Torsion_PureAndMixed_IsJudgedWithTheCofactor() => AssertVerdicts([.. CraftedSignatures.Torsion(new Random(1), 64)]);

    [Fact]
    public void SmallOrderInOnePlace_CanonicalOrNot_IsValid() => AssertVerdicts([.. CraftedSignatures.NonCanonicalCommitments(new Random(2))]);

    [Fact]
    public void Response_AtTheOrderAndAbove_IsInvalid() => AssertVerdicts([.. CraftedSignatures.ResponsesOutOfRange(new Random(3))]);

    [Fact]
    public void AnyBytes_AsKeyAndCommitment_AreJudgedAsByTheReference() => AssertVerdicts([.. CraftedSignatures.AnyBytes(new Random(4), 300)]);

    [Fact]
    public void Random_SignedAndMutated_AreJudgedAsByTheReference()
    {
        var random = new Random(6);
        SignatureCase[] cases =
        [
            .. SignedSamples.Valid(seed: 5, count: 2000, keyCount: 500)
                .Select((item, index) => index % 2 == 0 ? item : SignedSamples.Mutated(item, random)),
        ];
        Assert.All(cases.AsParallel().Select(static item => (item, Reference: Zip215Reference.IsValid(item.Key, item.Message, item.Signature))), static pair =>
            Assert.True(pair.item.IsValid == pair.Reference, pair.item.Name));

        Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(new BatchVerifier(new byte[BatchVerifier.SeedLength]), cases));
    }

    private static void AssertVerdicts(SignatureCase[] cases)
    {
        byte[] expected = CheckRoom.Expected(cases);
        Assert.All(cases, static item => Assert.True(item.IsValid == Zip215Reference.IsValid(item.Key, item.Message, item.Signature), item.Name));
        Assert.All(cases, static item => Assert.True(item.IsValid == CheckRoom.SingleVerdict(item), item.Name));
        Assert.Equal(expected, CheckRoom.Verdicts(new BatchVerifier(new byte[BatchVerifier.SeedLength]), cases));
        Assert.Equal(expected, CheckRoom.Verdicts(new BatchVerifier([]), cases));
    }
}
