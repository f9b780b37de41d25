using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>Cases in native memory, as checks, each at an odd address.</summary>
internal sealed unsafe class CheckRoom : IDisposable
{
    private readonly byte* _memory;

    public CheckRoom(IReadOnlyList<SignatureCase> cases)
    {
        _memory = (byte*)NativeMemory.Alloc((nuint)cases.Sum(static item => item.Message.Length + 97 + 1));
        Checks = new SignatureCheck[cases.Count];
        byte* next = _memory;
        for (int i = 0; i < cases.Count; i++)
        {
            next += (nuint)next % 2 == 0 ? 1 : 0;
            byte* key = Place(cases[i].Key, ref next);
            byte* signature = Place(cases[i].Signature, ref next);
            byte* message = Place(cases[i].Message, ref next);
            Checks[i] = new SignatureCheck(key, message, cases[i].Message.Length, signature);
        }
    }

    public SignatureCheck[] Checks { get; }

    /// <summary>What a verifier says of the cases, all in one call.</summary>
    public static byte[] Verdicts(BatchVerifier verifier, IReadOnlyList<SignatureCase> cases)
    {
        using var room = new CheckRoom(cases);
        byte[] verdicts = new byte[cases.Count];
        verdicts.AsSpan().Fill(0xCC);
        int valid = verifier.Verify(room.Checks, verdicts);
        Assert.Equal(verdicts.Count(static verdict => verdict == BatchVerifier.Valid), valid);
        return verdicts;
    }

    /// <summary>What single verification says of a case.</summary>
    public static bool SingleVerdict(SignatureCase item)
    {
        using var room = new CheckRoom([item]);
        return BatchVerifier.Verify(room.Checks[0]);
    }

    /// <summary>What ought to come of the cases.</summary>
    public static byte[] Expected(IReadOnlyList<SignatureCase> cases) =>
        [.. cases.Select(static item => item.IsValid ? BatchVerifier.Valid : BatchVerifier.Invalid)];

    public void Dispose() => NativeMemory.Free(_memory);

    private static byte* Place(byte[] bytes, ref byte* next)
    {
        byte* place = next;
        bytes.CopyTo(new Span<byte>(place, bytes.Length));
        next += bytes.Length;
        return place;
    }
}
