using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>The network that is calculated: what it must bear, and what its nodes have.</summary>
internal sealed record NetworkPlan
{
    public double Accounts { get; init; } = Math.Pow(2, 32);

    /// <summary>Transfers a second.</summary>
    public double Rate { get; init; } = 1e6;

    /// <summary>Seconds between pulses.</summary>
    public double CycleSeconds { get; init; } = 1;

    /// <summary>Bits of each band, the root's first; their sum is the branches'.</summary>
    public IReadOnlyList<int> Bands { get; init; } = [8, 8];

    /// <summary>Nodes among which the branches are divided.</summary>
    public int Nodes { get; init; } = 256;

    /// <summary>Cores of each, as fast as this machine's.</summary>
    public double Cores { get; init; } = 2;

    /// <summary>Bits a second that each can send, and as many receive.</summary>
    public double BitsPerSecond { get; init; } = 100e6;

    /// <summary>Seconds from node to node.</summary>
    public double LatencySeconds { get; init; } = 0.02;

    /// <summary>Bytes a second that each can journal.</summary>
    public double DiskBytesPerSecond { get; init; } = 200e6;

    /// <summary>Transfers under one signature.</summary>
    public double TransfersPerSignature { get; init; } = 1;

    public int BranchBits => Bands.Sum();

    public double Branches => Math.Pow(2, BranchBits);

    public double AccountsPerBranch => Accounts / Branches;

    public double TransfersPerPulse => Rate * CycleSeconds;

    /// <summary>Reads bands like 8+8.</summary>
    /// <exception cref="ScenarioException">They are none.</exception>
    public static IReadOnlyList<int> BandsOf(string text)
    {
        string[] parts = text.Split('+');
        int[] bits = [.. parts.Select(part => int.TryParse(part, out int number) && number is >= 1 and <= 16 ? number : 0)];
        return bits.All(number => number != 0) && bits.Sum() <= 24
            ? bits
            : throw new ScenarioException($"--bands must be bits of each band, 1 to 16 each and 24 at the most together, like 8+8, not '{text}'.");
    }
}
