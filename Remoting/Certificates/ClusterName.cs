using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>What clusters and nodes may be called: the same rule as for members (<see cref="NodeId.IsName"/>), so that a name is the same everywhere it is written.</summary>
public static class ClusterName
{
    /// <summary>Most characters of a name.</summary>
    public const int LengthMax = NodeId.NameBytesMax;

    /// <summary>Whether a cluster or node may be called that.</summary>
    public static bool IsValid(string? name) => NodeId.IsName(name);
}
