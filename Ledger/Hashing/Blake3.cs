using System.Runtime.CompilerServices;
using System.Text;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// BLAKE3 in one call, written from its published specification. Inputs above a chunk (1024 bytes) are hashed many
/// chunks at a time. Nothing is allocated; outputs may have any length and may overlay the input.
/// </summary>
public static unsafe class Blake3
{
    private const int ContextBytesOnStackMax = 512;

    /// <summary>Which instruction set is in use, by the processor and what the runtime enables. Fixed for a process.</summary>
    public static Blake3Path Path => LaneDispatch.Path;

    /// <summary>The 32-byte hash.</summary>
    [SkipLocalsInit]
    public static Hash256 Hash(ReadOnlySpan<byte> input)
    {
        Hash256 hash;
        Hash(input, new Span<byte>(&hash, Hash256.ByteLength));
        return hash;
    }

    /// <summary>The hash as an output of any length.</summary>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> output)
        => Run(in Blake3Constants.Iv, 0, input, output);

    /// <summary>The 32-byte keyed hash.</summary>
    public static Hash256 KeyedHash(in Hash256 key, ReadOnlySpan<byte> input) => KeyedHash(key.AsSpan(), input);

    /// <summary>The 32-byte keyed hash.</summary>
    /// <exception cref="ArgumentException">The key has not 32 bytes.</exception>
    [SkipLocalsInit]
    public static Hash256 KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        Hash256 hash;
        KeyedHash(key, input, new Span<byte>(&hash, Hash256.ByteLength));
        return hash;
    }

    /// <summary>The keyed hash as an output of any length.</summary>
    public static void KeyedHash(in Hash256 key, ReadOnlySpan<byte> input, Span<byte> output)
        => KeyedHash(key.AsSpan(), input, output);

    /// <summary>The keyed hash as an output of any length.</summary>
    /// <exception cref="ArgumentException">The key has not 32 bytes.</exception>
    public static void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Hash256 keyWords = new(key);
        Run(in keyWords, Blake3Constants.KeyedHash, input, output);
    }

    /// <summary>
    /// Derives key material of any length from key material. The context is a hard-coded string, unique to the
    /// application and the purpose, and is hashed as UTF-8.
    /// </summary>
    [SkipLocalsInit]
    public static void DeriveKey(string context, ReadOnlySpan<byte> keyMaterial, Span<byte> output)
    {
        Hash256 contextKey = ContextKey(context);
        Run(in contextKey, Blake3Constants.DeriveKeyMaterial, keyMaterial, output);
    }

    [SkipLocalsInit]
    internal static Hash256 ContextKey(string context)
    {
        int byteCount = Encoding.UTF8.GetByteCount(context);
        Span<byte> bytes = byteCount <= ContextBytesOnStackMax ? stackalloc byte[byteCount] : new byte[byteCount];
        Encoding.UTF8.GetBytes(context, bytes);

        Hash256 contextKey;
        Run(in Blake3Constants.Iv, Blake3Constants.DeriveKeyContext, bytes, new Span<byte>(&contextKey, Hash256.ByteLength));
        return contextKey;
    }

    [SkipLocalsInit]
    private static void Run(in Hash256 key, uint mode, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Blake3State state;
        Unsafe.SkipInit(out state);
        state.Start(in key, mode);
        fixed (byte* bytes = input)
        {
            state.Update(bytes, input.Length);
        }

        state.WriteOutput(output);
    }
}
