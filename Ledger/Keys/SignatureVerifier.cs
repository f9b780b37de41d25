using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// Verifies signatures many at a time by the ledger's rule. Its verdict on each is that of
/// <see cref="Ed25519.Verify(in PublicKey, ReadOnlySpan{byte}, in Signature)"/>, whatever else is in the batch. One instance serves one thread, and allocates
/// nothing after it was made.
/// </summary>
public sealed unsafe class SignatureVerifier
{
    /// <summary>The verdict on a signature that holds.</summary>
    public const byte Valid = BatchVerifier.Valid;

    /// <summary>The verdict on one that does not, or whose key is refused.</summary>
    public const byte Invalid = BatchVerifier.Invalid;

    /// <summary>The bytes of a seed.</summary>
    public const int SeedLength = BatchVerifier.SeedLength;

    private readonly BatchVerifier _batch;

    /// <summary>See <see cref="BatchVerifier"/> for what the seed is for, and what comes without one (an empty span).</summary>
    /// <exception cref="ArgumentException">The seed has neither <see cref="SeedLength"/> bytes nor none.</exception>
    public SignatureVerifier(ReadOnlySpan<byte> seed, int batchCountMax = BatchVerifier.BatchCountMaxDefault, int keyCountMax = BatchVerifier.KeyCountMaxDefault) =>
        _batch = new BatchVerifier(seed, batchCountMax, keyCountMax);

    /// <summary>What the last call took.</summary>
    public BatchCost LastCost => _batch.LastCost;

    /// <summary>
    /// Writes <see cref="Valid"/> or <see cref="Invalid"/> for every check, in their order, and returns how many are valid.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many verdicts as checks.</exception>
    public int Verify(ReadOnlySpan<SignatureCheck> checks, Span<byte> verdicts)
    {
        int valid = _batch.Verify(checks, verdicts);
        for (int index = 0; index < checks.Length; index++)
        {
            if (verdicts[index] == Valid && Ed25519.IsSmallOrder(checks[index].PublicKey))
            {
                verdicts[index] = Invalid;
                valid--;
            }
        }

        return valid;
    }
}
