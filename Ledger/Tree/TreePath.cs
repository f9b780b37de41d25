using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The inner nodes from the root down, gathered from the trunks and then the branch that an id's bits lead through. Those that
/// bind sums come first, as bit indices increase.
/// </summary>
public sealed class TreePath
{
    private readonly List<PathNode> _nodes;

    public TreePath() => _nodes = [];

    /// <summary>A path that begins like another one, which stays as it is.</summary>
    public TreePath(TreePath above)
    {
        ArgumentNullException.ThrowIfNull(above);
        _nodes = [.. above._nodes];
        BoundNodes = above.BoundNodes;
        BoundSum = above.BoundSum;
    }

    /// <summary>From the root down.</summary>
    public IReadOnlyList<PathNode> Nodes => _nodes;

    /// <summary>How many of the nodes bind their children's sums.</summary>
    public int BoundNodes { get; private set; }

    /// <summary>The sum of the side taken at the last node that binds sums; 0 if none does.</summary>
    public ulong BoundSum { get; private set; }

    /// <summary>Goes down one node; the sums count only where the node binds them.</summary>
    internal void Add(int bitIndex, int translucency, in Hash256 sibling, ulong siblingSum, ulong ownSum)
    {
        bool binds = bitIndex < translucency;
        _nodes.Add(new PathNode(bitIndex, sibling, binds ? siblingSum : 0));
        if (binds)
        {
            BoundNodes++;
            BoundSum = ownSum;
        }
    }
}
