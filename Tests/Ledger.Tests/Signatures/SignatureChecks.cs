using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>All that must come out the same on every instruction set, with what must come out.</summary>
internal static class SignatureChecks
{
    private static readonly byte[] s_seed = [.. Enumerable.Range(1, BatchVerifier.SeedLength).Select(static number => (byte)number)];

    /// <summary>Runs all of them; a wrong verdict throws. Returns how many verdicts were compared.</summary>
    public static int RunAll()
    {
        var random = new Random(7);
        List<SignatureCase> signed = SignedSamples.Valid(seed: 1, count: 400, keyCount: 90);
        SignatureCase[] mixed = [.. signed.Select(item => random.Next(10) == 0 ? SignedSamples.Mutated(item, random) : item)];
        SignatureCase[] crafted =
        [
            .. Rfc8032(),
            .. SpecCheckCases.All,
            .. CraftedSignatures.SmallOrderPairs(),
            .. CraftedSignatures.Torsion(random, 64),
            .. CraftedSignatures.NonCanonicalCommitments(random),
            .. CraftedSignatures.ResponsesOutOfRange(random),
            .. CraftedSignatures.AnyBytes(random, 200),
        ];
        int compared = 0;
        foreach (IReadOnlyList<SignatureCase> cases in new IReadOnlyList<SignatureCase>[] { signed, mixed, crafted, [.. signed, .. crafted] })
        {
            compared += Compare(new BatchVerifier(s_seed), cases) + Compare(new BatchVerifier([]), cases);
            compared += Compare(new BatchVerifier(s_seed, batchCountMax: 50, keyCountMax: 8), cases);
        }

        return compared + CompareSingly([.. mixed[..100], .. crafted]) + CompareSizes(mixed);
    }

    public static IEnumerable<SignatureCase> Rfc8032() => Rfc8032Vectors.Cases.Select(static known =>
        new SignatureCase("RFC 8032", known.PublicKey.AsSpan().ToArray(), known.Message, known.Signature.AsSpan().ToArray(), IsValid: true));

    // Twice, as the second time finds the keys known.
    private static int Compare(BatchVerifier verifier, IReadOnlyList<SignatureCase> cases)
    {
        byte[] expected = CheckRoom.Expected(cases);
        Assert.Equal(expected, CheckRoom.Verdicts(verifier, cases));
        Assert.Equal(expected, CheckRoom.Verdicts(verifier, cases));
        return 2 * cases.Count;
    }

    private static int CompareSingly(IReadOnlyList<SignatureCase> cases)
    {
        foreach (SignatureCase item in cases)
        {
            Assert.True(item.IsValid == CheckRoom.SingleVerdict(item), item.Name);
        }

        return cases.Count;
    }

    // Groups of every fill, and every way of settling a batch.
    private static int CompareSizes(IReadOnlyList<SignatureCase> cases)
    {
        var verifier = new BatchVerifier(s_seed);
        int compared = 0;
        for (int size = 0; size < 70; size++)
        {
            SignatureCase[] batch = [.. cases.Skip(size).Take(size)];
            Assert.Equal(CheckRoom.Expected(batch), CheckRoom.Verdicts(verifier, batch));
            compared += size;
        }

        return compared;
    }
}
