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
        var verifier = new SignatureVerifier(new byte[SignatureVerifier.SeedLength]);
        int validCount = verifier.Verify(checks, verdicts);

        Assert.Equal(expected, verdicts);
        Assert.Equal(40, validCount);
        Assert.Equal(0, Allocation.FewestBytes(() => verifier.Verify(checks, verdicts)));
        NativeMemory.Free(memory);
    }

    [Fact]
    public void Verify_EmptyBatch_GivesNothing() => Assert.Equal(0, new SignatureVerifier([]).Verify([], []));

    [Fact]
    public void Verify_TooFewOrTooManyVerdicts_Throws()
    {
        Assert.Throws<ArgumentException>(() => new SignatureVerifier([]).Verify([default], []));
        Assert.Throws<ArgumentException>(() => new SignatureVerifier([]).Verify([], new byte[1]));
    }

    [Fact]
    public void Verify_SmallOrderKeysAmongOthers_AreInvalidThoughTheEquationHolds()
    {
        // R = the neutral element, S = 0, and the key of small order: ZIP-215 alone calls it valid.
        Rfc8032Vectors.Case neutral = new([], new PublicKey(Neutral(32)), [1, 2, 3], new Signature(Neutral(64)));
        byte* memory = (byte*)NativeMemory.Alloc(50, ItemLength);
        SignatureCheck[] checks = [.. Enumerable.Range(0, 50).Select(index => Place(memory + (index * ItemLength), index == 7 ? neutral : Rfc8032Vectors.Cases[index % 5], null))];
        byte[] verdicts = new byte[50];

        Assert.Equal(49, new SignatureVerifier(new byte[SignatureVerifier.SeedLength]).Verify(checks, verdicts));
        Assert.Equal(SignatureVerifier.Invalid, verdicts[7]);
        Assert.Equal(BatchVerifier.Valid, BatchVerifier.Verify(checks[7]) ? BatchVerifier.Valid : BatchVerifier.Invalid);
        NativeMemory.Free(memory);
    }

    private static byte[] Neutral(int length)
    {
        byte[] bytes = new byte[length];
        bytes[0] = 1;
        return bytes;
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
