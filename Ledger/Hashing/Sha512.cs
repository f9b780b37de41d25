using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>SHA-512 in plain C#, one message at a time (FIPS 180-4, section 6.4).</summary>
internal static unsafe class Sha512
{
    /// <summary>Writes the 64 bytes of the digest.</summary>
    [SkipLocalsInit]
    public static void Hash(in Sha512Input input, byte* digest)
    {
        byte* block = stackalloc byte[Sha512Constants.BlockBytes];
        ulong* schedule = stackalloc ulong[Sha512Constants.Rounds];
        ulong* state = stackalloc ulong[Sha512Constants.StateWords];
        new ReadOnlySpan<ulong>(Sha512Constants.InitialState, Sha512Constants.StateWords).CopyTo(new Span<ulong>(state, Sha512Constants.StateWords));
        int blocks = input.BlockCount;
        for (int i = 0; i < blocks; i++)
        {
            input.CopyBlock(i, block);
            Expand(block, schedule);
            Compress(state, schedule);
        }

        for (int i = 0; i < Sha512Constants.StateWords; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(digest + (i * sizeof(ulong)), sizeof(ulong)), state[i]);
        }
    }

    private static void Expand(byte* block, ulong* schedule)
    {
        for (int i = 0; i < Sha512Constants.BlockWords; i++)
        {
            schedule[i] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(block + (i * sizeof(ulong))));
        }

        for (int i = Sha512Constants.BlockWords; i < Sha512Constants.Rounds; i++)
        {
            ulong near = schedule[i - 2];
            ulong far = schedule[i - 15];
            schedule[i] = schedule[i - 16] + schedule[i - 7]
                + (BitOperations.RotateRight(near, 19) ^ BitOperations.RotateRight(near, 61) ^ (near >> 6))
                + (BitOperations.RotateRight(far, 1) ^ BitOperations.RotateRight(far, 8) ^ (far >> 7));
        }
    }

    private static void Compress(ulong* state, ulong* schedule)
    {
        ulong a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        ulong* constants = Sha512Constants.RoundConstants;
        for (int i = 0; i < Sha512Constants.Rounds; i++)
        {
            ulong t = h + (BitOperations.RotateRight(e, 14) ^ BitOperations.RotateRight(e, 18) ^ BitOperations.RotateRight(e, 41))
                + (g ^ (e & (f ^ g))) + constants[i] + schedule[i];
            ulong u = (BitOperations.RotateRight(a, 28) ^ BitOperations.RotateRight(a, 34) ^ BitOperations.RotateRight(a, 39))
                + ((a & b) | (c & (a | b)));
            h = g;
            g = f;
            f = e;
            e = d + t;
            d = c;
            c = b;
            b = a;
            a = t + u;
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
