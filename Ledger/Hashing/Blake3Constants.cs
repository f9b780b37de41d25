using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>The constants of the BLAKE3 specification, section 2.</summary>
internal static class Blake3Constants
{
    public const int KeyWords = 8;
    public const int BlockBytes = 64;
    public const int BlockWords = 16;
    public const int ChunkBytes = 1024;
    public const int BlocksPerChunk = ChunkBytes / BlockBytes;

    /// <summary>An input of 2^64 - 1 bytes is a tree of at most this depth.</summary>
    public const int TreeDepthMax = 54;

    public const uint ChunkStart = 1 << 0;
    public const uint ChunkEnd = 1 << 1;
    public const uint Parent = 1 << 2;
    public const uint Root = 1 << 3;
    public const uint KeyedHash = 1 << 4;
    public const uint DeriveKeyContext = 1 << 5;
    public const uint DeriveKeyMaterial = 1 << 6;

    public const uint Iv0 = 0x6A09E667;
    public const uint Iv1 = 0xBB67AE85;
    public const uint Iv2 = 0x3C6EF372;
    public const uint Iv3 = 0xA54FF53A;

    /// <summary>The initial value, which is the key of the unkeyed hash.</summary>
    public static readonly Hash256 Iv = new(MemoryMarshal.AsBytes<uint>(
        [Iv0, Iv1, Iv2, Iv3, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]));
}
