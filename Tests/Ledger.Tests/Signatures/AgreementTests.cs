using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>
/// Where nobody crafted anything, ZIP-215's rule and libcrypto's agree. <c>leither-load bench signatures --agreement 1000000</c> does the same for as
/// many as one likes.
/// </summary>
public sealed class AgreementTests
{
    [Fact]
    public void Verify_SignedAndMutated_AgreesWithLibCrypto()
    {
        var random = new Random(21);
        List<SignatureCase> signed = SignedSamples.Valid(seed: 22, count: 2000, keyCount: 300);
        SignatureCase[] cases = [.. Enumerable.Range(0, 6000).Select(index => index % 3 == 0 ? signed[index / 3] : SignedSamples.Mutated(signed[index / 3], random))];
        using var room = new CheckRoom(cases);
        byte[] verdicts = new byte[cases.Length];
        new BatchVerifier(new byte[BatchVerifier.SeedLength]).Verify(room.Checks, verdicts);
        for (int i = 0; i < cases.Length; i++)
        {
            bool expected = LibCryptoOracle.IsValid(room.Checks[i]);

            Assert.True(expected == (verdicts[i] == BatchVerifier.Valid), cases[i].Name);
            Assert.True(i % 4 != 0 || expected == BatchVerifier.Verify(room.Checks[i]), cases[i].Name);
        }
    }
}
