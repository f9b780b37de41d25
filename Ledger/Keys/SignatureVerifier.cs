using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// Verifies signatures many at a time. Its verdict on each is that of
/// <see cref="Ed25519.Verify(in PublicKey, ReadOnlySpan{byte}, in Signature)"/>, whatever else is in the batch.
/// </summary>
public static unsafe class SignatureVerifier
{
    /// <summary>The verdict on a signature that holds.</summary>
    public const byte Valid = 1;

    /// <summary>The verdict on one that does not, or whose key is refused.</summary>
    public const byte Invalid = 0;

    /// <summary>
    /// Writes <see cref="Valid"/> or <see cref="Invalid"/> for every check, in their order, and returns how many are
    /// valid. Allocates no managed memory. Any number of threads may call it at a time.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many verdicts as checks.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">No verdict could be reached, for want of memory.</exception>
    public static int Verify(ReadOnlySpan<SignatureCheck> checks, Span<byte> verdicts)
    {
        if (verdicts.Length != checks.Length)
        {
            throw new ArgumentException($"{checks.Length} checks need as many verdicts, not {verdicts.Length}.", nameof(verdicts));
        }

        int valid = 0;
        for (int index = 0; index < checks.Length; index++)
        {
            ref readonly SignatureCheck check = ref checks[index];
            bool holds = Ed25519.Verify(check.PublicKey, check.Message, check.MessageLength, check.Signature);
            verdicts[index] = holds ? Valid : Invalid;
            valid += holds ? 1 : 0;
        }

        return valid;
    }
}
