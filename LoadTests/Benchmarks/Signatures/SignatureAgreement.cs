using System.Security.Cryptography;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>
/// Random signatures, two thirds of them with one bit of message, signature or key turned over: verified in batches, every eighth by itself too, and
/// by libcrypto.
/// </summary>
internal static class SignatureAgreement
{
    private const int BatchSize = 4096;
    private const int KeyCount = 64;
    private const int SingleStep = 8;

    /// <summary>On how many of so many the verdicts differ.</summary>
    public static int CountDifferences(int count)
    {
        var verifier = new BatchVerifier(RandomNumberGenerator.GetBytes(BatchVerifier.SeedLength), BatchSize);
        int differences = 0;
        for (int done = 0, batch = 0; done < count; done += BatchSize, batch++)
        {
            differences += CountInBatch(verifier, batch, Math.Min(BatchSize, count - done));
        }

        return differences;
    }

    private static int CountInBatch(BatchVerifier verifier, int number, int size)
    {
        using var input = new VerificationInput(number, size, KeyCount);
        var random = new Random(number);
        for (int index = 0; index < size; index++)
        {
            if (index % 3 != 0)
            {
                input.Flip(index, random.Next(int.MaxValue));
            }
        }

        byte[] verdicts = new byte[size];
        verifier.Verify(input.Checks, verdicts);
        int differences = 0;
        for (int index = 0; index < size; index++)
        {
            bool expected = BareLibCrypto.IsValid(input.Checks[index]);
            bool differs = expected != (verdicts[index] == BatchVerifier.Valid);
            differs |= index % SingleStep == 0 && expected != BatchVerifier.Verify(input.Checks[index]);
            differences += differs ? 1 : 0;
        }

        return differences;
    }
}
