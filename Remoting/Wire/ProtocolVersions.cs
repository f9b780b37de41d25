namespace LeitherCluster.Remoting.Wire;

/// <summary>The versions of the bytes between nodes that a program speaks: the newest and its neighbour, so that a cluster can be upgraded node by node.</summary>
public readonly record struct ProtocolVersions(ushort Lowest, ushort Highest)
{
    /// <summary>What this program speaks.</summary>
    public static ProtocolVersions Own { get; } = new(1, 1);

    /// <summary>The highest that both speak; 0 when there is none.</summary>
    public ushort Agreed(ProtocolVersions other)
    {
        ushort highest = Math.Min(Highest, other.Highest);
        return highest >= Math.Max(Lowest, other.Lowest) ? highest : (ushort)0;
    }

    public override string ToString() => Lowest == Highest ? $"{Highest}" : $"{Lowest} to {Highest}";
}
