namespace LeitherCluster.Runtime.Membership;

/// <summary>Nodes by name, then by incarnation: the same order on every node.</summary>
internal sealed class NodeOrder : IComparer<NodeId>
{
    public static NodeOrder Instance { get; } = new();

    public int Compare(NodeId x, NodeId y)
    {
        int order = string.CompareOrdinal(x.Name, y.Name);
        return order != 0 ? order : x.Incarnation.CompareTo(y.Incarnation);
    }
}
