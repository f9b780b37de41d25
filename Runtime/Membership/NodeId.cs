namespace LeitherCluster.Runtime.Membership;

/// <summary>One life of a node: its name, and a number that every start raises. A node that comes back is another one.</summary>
public readonly record struct NodeId(string Name, uint Incarnation)
{
    public override string ToString() => $"{Name}#{Incarnation}";
}
