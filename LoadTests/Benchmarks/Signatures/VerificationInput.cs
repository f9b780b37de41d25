using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Good signatures by as many keys, verified by the ledger or by libcrypto alone. For the thread that made it.</summary>
internal sealed unsafe class VerificationInput : IDisposable
{
    public const int Signatures = 64;

    private const int MessageBytes = 112;
    private const int SignatureAt = MessageBytes;
    private const int KeyAt = SignatureAt + Signature.ByteLength;
    private const int RoomBytes = KeyAt + PublicKey.ByteLength;

    private readonly byte* _memory = (byte*)NativeMemory.Alloc(Signatures * RoomBytes);
    private readonly SignatureCheck[] _checks = new SignatureCheck[Signatures];
    private readonly byte[] _verdicts = new byte[Signatures];
    private readonly nint[] _keys = new nint[Signatures];
    private readonly SignatureVerifier _verifier = new(new byte[SignatureVerifier.SeedLength], Signatures);
    private readonly nint _context = BareLibCrypto.NewContext();

    public VerificationInput()
    {
        var random = new Random(1);
        byte[] seed = new byte[PrivateKey.SeedLength];
        for (int index = 0; index < Signatures; index++)
        {
            byte* message = _memory + (index * RoomBytes);
            var messageBytes = new Span<byte>(message, MessageBytes);
            random.NextBytes(seed);
            random.NextBytes(messageBytes);
            using var key = PrivateKey.FromSeed(seed);
            Signature signature = key.Sign(messageBytes);
            signature.AsSpan().CopyTo(new Span<byte>(message + SignatureAt, Signature.ByteLength));
            PublicKey publicKey = key.PublicKey;
            publicKey.AsSpan().CopyTo(new Span<byte>(message + KeyAt, PublicKey.ByteLength));
            _checks[index] = new SignatureCheck(message + KeyAt, message, MessageBytes, message + SignatureAt);
            _keys[index] = BareLibCrypto.NewKey(message + KeyAt);
        }
    }

    /// <summary>How many are valid, all verified by the ledger.</summary>
    public int VerifyByLedger() => _verifier.Verify(_checks, _verdicts);

    /// <summary>How many are valid, all verified by libcrypto under key objects that are ready.</summary>
    public int VerifyBare()
    {
        int valid = 0;
        for (int index = 0; index < Signatures; index++)
        {
            byte* message = _memory + (index * RoomBytes);
            valid += BareLibCrypto.Verify(_context, _keys[index], message + SignatureAt, message, MessageBytes);
        }

        return valid;
    }

    public void Dispose()
    {
        foreach (nint key in _keys)
        {
            BareLibCrypto.FreeKey(key);
        }

        BareLibCrypto.FreeContext(_context);
        NativeMemory.Free(_memory);
    }
}
