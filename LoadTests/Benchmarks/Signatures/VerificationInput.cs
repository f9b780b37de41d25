using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Signatures over 112 bytes, which is a payment's tag and body, by so many keys in turn. For the thread that made it.</summary>
internal sealed unsafe class VerificationInput : IDisposable
{
    public const int MessageBytes = 112;

    private const int SignatureAt = MessageBytes;
    private const int KeyAt = SignatureAt + Signature.ByteLength;
    private const int RoomBytes = KeyAt + PublicKey.ByteLength;

    private readonly byte* _memory;
    private readonly SignatureCheck[] _checks;
    private readonly nint _context = BareLibCrypto.NewContext();

    public VerificationInput(int seed, int count, int keyCount)
    {
        _memory = (byte*)NativeMemory.Alloc((nuint)count, RoomBytes);
        _checks = new SignatureCheck[count];
        var random = new Random(seed);
        byte[][] seeds = [.. Enumerable.Range(0, keyCount).Select(_ => Bytes(random, PrivateKey.SeedLength))];
        for (int index = 0; index < count; index++)
        {
            byte* message = Message(index);
            var messageBytes = new Span<byte>(message, MessageBytes);
            random.NextBytes(messageBytes);
            using var key = PrivateKey.FromSeed(seeds[index % keyCount]);
            key.Sign(messageBytes).AsSpan().CopyTo(new Span<byte>(message + SignatureAt, Signature.ByteLength));
            PublicKey publicKey = key.PublicKey;
            publicKey.AsSpan().CopyTo(new Span<byte>(message + KeyAt, PublicKey.ByteLength));
            _checks[index] = new SignatureCheck(message + KeyAt, message, MessageBytes, message + SignatureAt);
        }
    }

    public ReadOnlySpan<SignatureCheck> Checks => _checks;

    /// <summary>Turns over one bit of message, signature or key.</summary>
    public void Flip(int index, int bit) => Message(index)[bit / 8 % RoomBytes] ^= (byte)(1 << (bit % 8));

    /// <summary>How many of the first are valid, by libcrypto with context and key objects that are ready.</summary>
    public int VerifyBare(nint[] keys)
    {
        int valid = 0;
        for (int index = 0; index < keys.Length; index++)
        {
            ref readonly SignatureCheck check = ref _checks[index];
            valid += BareLibCrypto.Verify(_context, keys[index], check.Signature, check.Message, MessageBytes) == 1 ? 1 : 0;
        }

        return valid;
    }

    /// <summary>libcrypto's objects of the first keys; freed one by one.</summary>
    public nint[] NewBareKeys(int count) => [.. Enumerable.Range(0, count).Select(index => BareLibCrypto.NewKey(_checks[index].PublicKey))];

    public void Dispose()
    {
        BareLibCrypto.FreeContext(_context);
        NativeMemory.Free(_memory);
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte* Message(int index) => _memory + ((long)index * RoomBytes);
}
