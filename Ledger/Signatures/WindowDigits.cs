using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Scalars as signed digits of 4 or 8 bits. Half a window is added in every window beforehand; the digit is then what a window holds,
/// less that half: no carries, 32 bytes a scalar below 2^253.
/// </summary>
internal static unsafe class WindowDigits
{
    public const int NibbleBits = 4;
    public const int ByteBits = 8;

    private const ulong NibbleHalves = 0x8888_8888_8888_8888;
    private const ulong ByteHalves = 0x8080_8080_8080_8080;

    /// <summary>Writes a scalar's 32 bytes.</summary>
    public static void Write(in Scalar scalar, int windowBits, byte* digits)
    {
        ulong* halves = stackalloc ulong[Scalar.Words];
        ulong half = Halves(windowBits);
        new Span<ulong>(halves, Scalar.Words).Fill(half);
        Scalar sum = scalar;
        Scalar.AddTo((ulong*)&sum, Scalar.Words, halves, Scalar.Words);
        Unsafe.WriteUnaligned(digits, sum);
    }

    /// <summary>What is added in every window, for 64 bits of them.</summary>
    public static ulong Halves(int windowBits) => windowBits == ByteBits ? ByteHalves : NibbleHalves;

    /// <summary>The digit of a window, counted from the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Digit(byte* digits, int window, int windowBits) => windowBits == ByteBits
        ? digits[window] - (1 << (ByteBits - 1))
        : ((digits[window >> 1] >> (NibbleBits * (window & 1))) & ((1 << NibbleBits) - 1)) - (1 << (NibbleBits - 1));
}
