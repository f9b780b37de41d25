using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>SHA-512 of four messages at a time in 256-bit vectors (AVX2): a vector holds one 64-bit word of each.</summary>
internal static unsafe class Sha512Avx2
{
    public const int Lanes = 4;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Hashes one to <see cref="Lanes"/> messages, of lengths of their own; idle lanes repeat the last one. 64 bytes each to digests.</summary>
    [SkipLocalsInit]
    public static void Hash(Sha512Input* inputs, int count, byte* digests)
    {
        byte* buffer = stackalloc byte[((Sha512Constants.StateWords + Sha512Constants.BlockWords) * Lanes * sizeof(ulong)) + LaneMemory.Alignment];
        ulong* state = LaneMemory.Align<ulong>(buffer);
        ulong* schedule = state + (Sha512Constants.StateWords * Lanes);
        ulong* ends = stackalloc ulong[Lanes];
        int blocks = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            ends[lane] = (ulong)inputs[Math.Min(lane, count - 1)].BlockCount;
            blocks = Math.Max(blocks, (int)ends[lane]);
        }

        for (int word = 0; word < Sha512Constants.StateWords; word++)
        {
            Vector256.Create(Sha512Constants.InitialState[word]).Store(state + (word * Lanes));
        }

        Vector256<ulong> blockEnds = Vector256.Load(ends);
        for (int block = 0; block < blocks; block++)
        {
            Load(inputs, count, block, schedule);
            Compress((Vector256<ulong>*)state, (Vector256<ulong>*)schedule, Vector256.GreaterThan(blockEnds, Vector256.Create((ulong)block)));
        }

        for (int lane = 0; lane < count; lane++)
        {
            for (int word = 0; word < Sha512Constants.StateWords; word++)
            {
                ulong value = BinaryPrimitives.ReverseEndianness(state[(word * Lanes) + lane]);
                Unsafe.WriteUnaligned(digests + (lane * Sha512Constants.DigestBytes) + (word * sizeof(ulong)), value);
            }
        }
    }

    [SkipLocalsInit]
    private static void Load(Sha512Input* inputs, int count, int block, ulong* schedule)
    {
        ulong* words = stackalloc ulong[Sha512Constants.BlockWords];
        for (int lane = 0; lane < Lanes; lane++)
        {
            ref readonly Sha512Input input = ref inputs[Math.Min(lane, count - 1)];
            if (block < input.BlockCount)
            {
                input.CopyBlock(block, (byte*)words);
            }

            for (int word = 0; word < Sha512Constants.BlockWords; word++)
            {
                schedule[(word * Lanes) + lane] = BinaryPrimitives.ReverseEndianness(words[word]);
            }
        }
    }

    // A lane that is through keeps its state.
    private static void Compress(Vector256<ulong>* state, Vector256<ulong>* schedule, Vector256<ulong> isOpen)
    {
        Vector256<ulong> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int start = 0; start < Sha512Constants.Rounds; start += Sha512Constants.BlockWords)
        {
            for (int i = 0; i < Sha512Constants.BlockWords; i += Sha512Constants.StateWords)
            {
                Round(a, b, c, ref d, e, f, g, ref h, schedule, start + i);
                Round(h, a, b, ref c, d, e, f, ref g, schedule, start + i + 1);
                Round(g, h, a, ref b, c, d, e, ref f, schedule, start + i + 2);
                Round(f, g, h, ref a, b, c, d, ref e, schedule, start + i + 3);
                Round(e, f, g, ref h, a, b, c, ref d, schedule, start + i + 4);
                Round(d, e, f, ref g, h, a, b, ref c, schedule, start + i + 5);
                Round(c, d, e, ref f, g, h, a, ref b, schedule, start + i + 6);
                Round(b, c, d, ref e, f, g, h, ref a, schedule, start + i + 7);
            }
        }

        state[0] += a & isOpen;
        state[1] += b & isOpen;
        state[2] += c & isOpen;
        state[3] += d & isOpen;
        state[4] += e & isOpen;
        state[5] += f & isOpen;
        state[6] += g & isOpen;
        state[7] += h & isOpen;
    }

    // The word of 16 rounds ahead takes the place of the one that was used.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c, ref Vector256<ulong> d, Vector256<ulong> e, Vector256<ulong> f, Vector256<ulong> g, ref Vector256<ulong> h, Vector256<ulong>* schedule, int round)
    {
        Vector256<ulong> word = schedule[round & 15];
        h += (Rotate(e, 14) ^ Rotate(e, 18) ^ Rotate(e, 41)) + (g ^ (e & (f ^ g))) + Vector256.Create(Sha512Constants.RoundConstants[round]) + word;
        d += h;
        h += (Rotate(a, 28) ^ Rotate(a, 34) ^ Rotate(a, 39)) + ((a & b) | (c & (a | b)));
        Vector256<ulong> near = schedule[(round + 14) & 15], far = schedule[(round + 1) & 15];
        schedule[round & 15] = word + schedule[(round + 9) & 15]
            + (Rotate(near, 19) ^ Rotate(near, 61) ^ (near >>> 6))
            + (Rotate(far, 1) ^ Rotate(far, 8) ^ (far >>> 7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Rotate(Vector256<ulong> word, [ConstantExpected] byte count) => (word >>> count) | (word << (64 - count));
}
