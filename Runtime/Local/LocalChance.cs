using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LeitherCluster.Runtime.Local;

/// <summary>The operating system's random numbers. Thread-safe.</summary>
public sealed class LocalChance : IChance
{
    public static LocalChance Instance { get; } = new();

    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    public ulong Next(ulong exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfZero(exclusiveMax);

        // 2^64 mod max: numbers below it would make the small results likelier.
        ulong reject = (0 - exclusiveMax) % exclusiveMax;
        ulong drawn = 0;
        do
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref drawn)));
        }
        while (drawn < reject);

        return drawn % exclusiveMax;
    }
}
