using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// BLAKE3 of an input that arrives in pieces. Allocates nothing after its construction. One thread at a time.
/// </summary>
public sealed unsafe class Blake3Hasher
{
    private Blake3State _state;

    /// <summary>An unkeyed hash.</summary>
    public Blake3Hasher()
    {
        _state.Start(in Blake3Constants.Iv, 0);
    }

    private Blake3Hasher(in Hash256 key, uint mode)
    {
        _state.Start(in key, mode);
    }

    /// <summary>A keyed hash.</summary>
    public static Blake3Hasher Keyed(in Hash256 key) => new(key, Blake3Constants.KeyedHash);

    /// <summary>A key derivation: the input is the key material. See <see cref="Blake3.DeriveKey"/>.</summary>
    public static Blake3Hasher ForDeriveKey(string context)
        => new(Blake3.ContextKey(context), Blake3Constants.DeriveKeyMaterial);

    /// <summary>Appends to the input.</summary>
    public void Update(ReadOnlySpan<byte> input)
    {
        fixed (byte* bytes = input)
        fixed (Blake3State* state = &_state)
        {
            state->Update(bytes, input.Length);
        }
    }

    /// <summary>The 32-byte hash of the input so far; more input may follow.</summary>
    [SkipLocalsInit]
    public Hash256 FinalizeHash()
    {
        Hash256 hash;
        FinalizeHash(new Span<byte>(&hash, Hash256.ByteLength));
        return hash;
    }

    /// <summary>The hash of the input so far as an output of any length; more input may follow.</summary>
    public void FinalizeHash(Span<byte> output) => _state.WriteOutput(output);

    /// <summary>Forgets the input and begins anew, under the same key.</summary>
    public void Reset() => _state.Restart();
}
