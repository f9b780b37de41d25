using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>What rules for Ed25519 disagree on: here ZIP-215's holds, by the reference and by the way the signatures were made.</summary>
public sealed class CornerCaseTests
{
    [Fact]
    public void SmallOrderEncodings_All_Are14() => Assert.Equal(14, CraftedSignatures.SmallOrderEncodings.Count);

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
