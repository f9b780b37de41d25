using System.Buffers.Binary;
using System.Numerics;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// Numbers drawn from a seed: xoshiro256** (Blackman and Vigna), its state filled by SplitMix64. The same seed gives the same
/// numbers everywhere and always. No source of secrets.
/// </summary>
public sealed class SimulatedChance : IChance
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SimulatedChance(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    public ulong Next(ulong exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfZero(exclusiveMax);

        // Lemire's method: the high half of a product, rejecting the few low halves that would make it uneven.
        ulong high = Math.BigMul(Next(), exclusiveMax, out ulong low);
        if (low < exclusiveMax)
        {
            ulong threshold = (0 - exclusiveMax) % exclusiveMax;
            while (low < threshold)
            {
                high = Math.BigMul(Next(), exclusiveMax, out low);
            }
        }

        return high;
    }

    /// <summary>A number in [min, max], both included.</summary>
    public long Between(long min, long max)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        return min + (long)Next((ulong)(max - min) + 1);
    }

    /// <summary>True with that probability (0 to 1).</summary>
    public bool Hits(double probability) => probability > 0 && (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public void Fill(Span<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.Length > 0)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(last, Next());
            last[..bytes.Length].CopyTo(bytes);
        }
    }

    /// <summary>A generator of its own, seeded from this one.</summary>
    public SimulatedChance Fork() => new(Next());

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
