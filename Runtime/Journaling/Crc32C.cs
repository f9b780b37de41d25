using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the standard value, so that any tool can check a journal. The processor's
/// instruction takes 8 bytes in 3 cycles but can begin one each cycle, so three lanes of a stripe run side by side and are
/// joined by "append this many zero bytes" tables (Mark Adler's method).
/// </summary>
public static class Crc32C
{
    /// <summary>Bytes of one lane; a stripe is three lanes.</summary>
    private const int LaneBytes = 1360;
    private const int StripeBytes = 3 * LaneBytes;
    private const uint Polynomial = 0x82F63B78;

    private static readonly uint[] AppendLane = ZeroBytesTable(LaneBytes);

    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of a | b from that of a and the bytes of b.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        ref byte at = ref MemoryMarshal.GetReference(bytes);
        int left = bytes.Length;
        while (left >= StripeBytes)
        {
            crc = Stripe(crc, ref at);
            at = ref Unsafe.Add(ref at, StripeBytes);
            left -= StripeBytes;
        }

        for (; left >= sizeof(ulong); left -= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        for (; left > 0; left--)
        {
            crc = BitOperations.Crc32C(crc, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~crc;
    }

    private static uint Stripe(uint crc, ref byte at)
    {
        uint second = 0;
        uint third = 0;
        for (nint i = 0; i < LaneBytes; i += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i)));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, LaneBytes + i)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, (2 * LaneBytes) + i)));
        }

        return AppendZeros(AppendZeros(crc) ^ second) ^ third;
    }

    private static uint AppendZeros(uint crc)
    {
        ref uint table = ref MemoryMarshal.GetArrayDataReference(AppendLane);
        return Unsafe.Add(ref table, (nint)(crc & 0xFF))
            ^ Unsafe.Add(ref table, (nint)(256 + ((crc >> 8) & 0xFF)))
            ^ Unsafe.Add(ref table, (nint)(512 + ((crc >> 16) & 0xFF)))
            ^ Unsafe.Add(ref table, (nint)(768 + (crc >> 24)));
    }

    /// <summary>Appending zeros is linear in the register's bits: one table a byte of it.</summary>
    private static uint[] ZeroBytesTable(int zeroBytes)
    {
        Span<uint> ofBit = stackalloc uint[32];
        for (int bit = 0; bit < 32; bit++)
        {
            uint crc = 1u << bit;
            for (int i = 0; i < zeroBytes * 8; i++)
            {
                crc = (crc >> 1) ^ (Polynomial & (0 - (crc & 1)));
            }

            ofBit[bit] = crc;
        }

        uint[] table = new uint[4 * 256];
        for (int entry = 0; entry < table.Length; entry++)
        {
            uint value = 0;
            for (int bit = 0; bit < 8; bit++)
            {
                value ^= ((entry >> bit) & 1) != 0 ? ofBit[((entry >> 8) * 8) + bit] : 0;
            }

            table[entry] = value;
        }

        return table;
    }
}
