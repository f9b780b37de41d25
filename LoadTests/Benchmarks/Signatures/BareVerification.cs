namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>libcrypto alone, with context and key objects that are ready: the limit of what verifies through it. For the thread that made it.</summary>
internal sealed class BareVerification : IDisposable
{
    public const int Signatures = 256;

    private const int KeyCount = 64;

    private readonly VerificationInput _input = new(seed: 1, Signatures, KeyCount);
    private readonly nint[] _keys;

    public BareVerification() => _keys = _input.NewBareKeys(Signatures);

    /// <summary>How many of <see cref="Signatures"/> are valid: all.</summary>
    public int Verify() => _input.VerifyBare(_keys);

    public void Dispose()
    {
        foreach (nint key in _keys)
        {
            BareLibCrypto.FreeKey(key);
        }

        _input.Dispose();
    }
}
