using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Keys;

public sealed unsafe class SignatureVerifierTests
{
    private const int ItemLength = PublicKey.ByteLength + Signature.ByteLength + MessageLengthMax;
    private const int MessageLengthMax = 1024;

    [Fact]
    public void Verify_MixedBatch_GivesVerdictOfEach()
    {
        const int count = 60;
        byte* memory = (byte*)NativeMemory.Alloc(count, ItemLength);
        SignatureCheck[] checks = new SignatureCheck[count];
        byte[] expected = new byte[count];
        for (int index = 0; index < count; index++)
        {
            // Every third one has a flipped bit somewhere in key or signature.
            bool valid = index % 3 != 0;
            expected[index] = valid ? SignatureVerifier.Valid : SignatureVerifier.Invalid;
            checks[index] = Place(memory + (index * ItemLength), Rfc8032Vectors.Cases[index % 5], valid ? null : 37 * index % (32 + 64));
        }

        byte[] verdicts = new byte[count];
        verdicts.AsSpan().Fill(0xCC);
        int validCount = SignatureVerifier.Verify(checks, verdicts);

        Assert.Equal(expected, verdicts);
        Assert.Equal(40, validCount);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SignatureVerifier.Verify(checks, verdicts);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        NativeMemory.Free(memory);
    }

    [Fact]
    public void Verify_EmptyBatch_GivesNothing() => Assert.Equal(0, SignatureVerifier.Verify([], []));

    [Fact]
    public void Verify_TooFewOrTooManyVerdicts_Throws()
    {
        Assert.Throws<ArgumentException>(() => SignatureVerifier.Verify([default], []));
        Assert.Throws<ArgumentException>(() => SignatureVerifier.Verify([], new byte[1]));
    }

    private static SignatureCheck Place(byte* place, Rfc8032Vectors.Case known, int? flippedByte)
    {
        known.PublicKey.CopyTo(new Span<byte>(place, 32));
        known.Signature.CopyTo(new Span<byte>(place + 32, 64));
        known.Message.CopyTo(new Span<byte>(place + 96, MessageLengthMax));
        if (flippedByte is { } at)
        {
            place[at] ^= 1;
        }

        return new SignatureCheck(place, place + 96, known.Message.Length, place + 32);
    }
}
