using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

public sealed class BatchVerifierTests
{
    private const int PartCount = 64;
    private static readonly byte[] s_seed = new byte[BatchVerifier.SeedLength];
    private static readonly List<SignatureCase> s_signed = SignedSamples.Valid(seed: 11, count: 600, keyCount: 600);

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(70)]
    public void Verify_OneBadAtEveryPosition_NamesIt(int size)
    {
        var random = new Random(size);
        var verifier = new BatchVerifier(s_seed);
        for (int bad = 0; bad < size; bad++)
        {
            SignatureCase[] cases = [.. s_signed.Take(size)];
            cases[bad] = SignedSamples.Mutated(cases[bad], random);

            Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(verifier, cases));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Verify_BadOnesInAnyPattern_NamesExactlyThemAtABoundedCost(int pattern)
    {
        foreach (int size in new[] { 24, 64, 200, 600 })
        {
            var random = new Random(pattern);
            SignatureCase[] cases = [.. s_signed.Take(size).Select((item, index) => IsBad(pattern, index, size, random) ? SignedSamples.Mutated(item, random) : item)];
            var verifier = new BatchVerifier(s_seed);

            Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(verifier, cases));
            BatchCost cost = verifier.LastCost;
            Assert.Equal(size, cost.Signatures);
            Assert.InRange(cost.EquationTerms, 0, BatchVerifier.EquationTermsMax * size);
            Assert.InRange(cost.Judged, 0, size);
            Assert.InRange(cost.Decoded, 0, 2 * size);
        }
    }

    [Fact]
    public void Verify_AllGood_TakesOneEquation()
    {
        if (BatchVerifier.Path == SignaturePath.Scalar)
        {
            return;
        }

        var verifier = new BatchVerifier(s_seed);
        CheckRoom.Verdicts(verifier, s_signed);

        Assert.Equal(new BatchCost(600, 1200, 600, 0), verifier.LastCost);
        CheckRoom.Verdicts(verifier, s_signed);
        Assert.Equal(new BatchCost(600, 600, 600, 0), verifier.LastCost);
    }

    [Fact]
    public void Verify_OneBadAnywhere_JudgesOnePartOnly()
    {
        var verifier = new BatchVerifier(s_seed);
        for (int bad = 0; bad < 600; bad += 37)
        {
            SignatureCase[] cases = [.. s_signed];
            cases[bad] = SignedSamples.Mutated(cases[bad], new Random(bad));
            CheckRoom.Verdicts(verifier, cases);

            Assert.InRange(verifier.LastCost.Judged, 0, BatchVerifier.Path == SignaturePath.Scalar ? 600 : PartCount);
        }
    }

    [Fact]
    public void Verify_AllBad_GivesUpOnEquations()
    {
        SignatureCase[] cases = [.. s_signed.Select(item => item with { Message = [.. item.Message, 1], IsValid = false })];
        var verifier = new BatchVerifier(s_seed);

        Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(verifier, cases));
        Assert.Equal(600, verifier.LastCost.Judged);
        Assert.InRange(verifier.LastCost.EquationTerms, 0, 600 + (4 * PartCount));
    }

    [Fact]
    public void Verify_WithoutSeed_JudgesEachByItself()
    {
        var verifier = new BatchVerifier([]);
        CheckRoom.Verdicts(verifier, s_signed);

        Assert.Equal(600, verifier.LastCost.Judged);
        Assert.Equal(0, verifier.LastCost.EquationTerms);
    }

    [Fact]
    public void Verify_OneSignatureManyTimes_IsJudgedEachTime()
    {
        SignatureCase bad = SignedSamples.Mutated(s_signed[0], new Random(1));
        SignatureCase[] cases = [.. Enumerable.Range(0, 300).Select(index => index % 5 == 0 ? bad : s_signed[0])];

        Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(new BatchVerifier(s_seed), cases));
    }

    [Fact]
    public void Verify_TwoThatCancelInAPlainSum_AreBothBad()
    {
        // S one more and S one less: without coefficients the equation of both would hold.
        SignatureCase[] cases = [.. s_signed.Take(100)];
        cases[10] = WithResponse(cases[10], 1);
        cases[60] = WithResponse(cases[60], -1);

        Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(new BatchVerifier(s_seed), cases));
    }

    [Fact]
    public void Verify_MoreThanTheBatchTakes_GoesInTurn()
    {
        var random = new Random(3);
        SignatureCase[] cases = [.. s_signed.Select(item => random.Next(50) == 0 ? SignedSamples.Mutated(item, random) : item)];

        Assert.Equal(CheckRoom.Expected(cases), CheckRoom.Verdicts(new BatchVerifier(s_seed, batchCountMax: 64, keyCountMax: 1), cases));
    }

    [Fact]
    public void Verify_GoodAndBad_AllocatesNothing()
    {
        SignatureCase[] cases = [.. s_signed.Take(200)];
        cases[77] = SignedSamples.Mutated(cases[77], new Random(5));
        using var room = new CheckRoom(cases);
        byte[] verdicts = new byte[cases.Length];
        var verifier = new BatchVerifier(s_seed);
        verifier.Verify(room.Checks, verdicts);
        BatchVerifier.Verify(room.Checks[0]);

        long fewest = Allocation.FewestBytes(() =>
        {
            verifier.Verify(room.Checks, verdicts);
            BatchVerifier.Verify(room.Checks[0]);
        });

        Assert.Equal(0, fewest);
    }

    [Fact]
    public void Verify_TooFewOrTooManyVerdicts_Throws()
    {
        var verifier = new BatchVerifier(s_seed);
        Assert.Throws<ArgumentException>(() => verifier.Verify([default], []));
        Assert.Throws<ArgumentException>(() => verifier.Verify([], new byte[1]));
        Assert.Equal(0, verifier.Verify([], []));
    }

    [Fact]
    public void Constructor_ArgumentsOutOfRange_Throws()
    {
        Assert.Throws<ArgumentException>(() => new BatchVerifier(new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchVerifier(s_seed, batchCountMax: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchVerifier(s_seed, keyCountMax: 0));
    }

    private static bool IsBad(int pattern, int index, int size, Random random) => pattern switch
    {
        0 => false,
        1 => true,
        2 => index % 2 == 0,
        3 => index < size / 2,
        4 => index >= size / 2,
        5 => index % 24 == 0,
        _ => random.Next(10) == 0,
    };

    private static SignatureCase WithResponse(SignatureCase item, int difference)
    {
        System.Numerics.BigInteger s = new(item.Signature.AsSpan(32), isUnsigned: true);
        return item with { Signature = [.. item.Signature[..32], .. ExtendedCurve.ToBytes(s + difference)], IsValid = false };
    }
}
