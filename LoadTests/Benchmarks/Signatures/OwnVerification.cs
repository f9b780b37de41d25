using System.Security.Cryptography;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>The ledger's verifier alone, in batches as an ingress makes them: the limit of a pipeline that verifies. For the thread that made it.</summary>
internal sealed class OwnVerification : IDisposable
{
    public const int Signatures = 20_480;
    public const int BatchSignatures = 512;

    private readonly VerificationInput _input = new(seed: 2, Signatures, keyCount: Signatures);
    private readonly SignatureVerifier _verifier = new(RandomNumberGenerator.GetBytes(SignatureVerifier.SeedLength));
    private readonly byte[] _verdicts = new byte[BatchSignatures];
    private int _next;

    /// <summary>How many of the next <see cref="BatchSignatures"/> are valid: all.</summary>
    public int Verify()
    {
        int valid = _verifier.Verify(_input.Checks.Slice(_next, BatchSignatures), _verdicts);
        _next = (_next + BatchSignatures) % Signatures;
        return valid;
    }

    public void Dispose() => _input.Dispose();
}
