using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// One id and its place, 24 bytes, in memory and on disk the same (little-endian). The first 16 bytes of the id, as two big-endian
/// numbers, stand for it: to find two ids that share them takes 2^64 attempts, and whoever is given a place reads the transfer
/// there anyway.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
internal readonly struct SealedEntry(ulong high, ulong low, uint pulse, uint position)
{
    public const int Size = 24;
    public const int IdBytes = 32;

    public readonly ulong High = high;
    public readonly ulong Low = low;

    /// <summary>Number of the pulse in the index, which knows beat, time sequence and timestamp of each.</summary>
    public readonly uint Pulse = pulse;
    public readonly uint Position = position;

    public static SealedEntry Of(ReadOnlySpan<byte> id, uint pulse, uint position) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt64BigEndian(id[8..]), pulse, position);

    public bool IsOf(ulong high, ulong low) => High == high && Low == low;

    public bool IsBefore(in SealedEntry other) => High != other.High ? High < other.High : Low < other.Low;

    public static int Compare(SealedEntry a, SealedEntry b) => a.High != b.High ? a.High.CompareTo(b.High) : a.Low.CompareTo(b.Low);
}
