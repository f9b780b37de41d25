using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

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

    private TreePath(List<PathNode> nodes, int boundNodes, ulong boundSum)
    {
        _nodes = nodes;
        BoundNodes = boundNodes;
        BoundSum = boundSum;
    }

    /// <summary>From the root down.</summary>
    public IReadOnlyList<PathNode> Nodes => _nodes;

    /// <summary>How many of the nodes bind their children's sums.</summary>
    public int BoundNodes { get; private set; }

    /// <summary>The sum of the side taken at the last node that binds sums; 0 if none does.</summary>
    public ulong BoundSum { get; private set; }

    /// <summary>
    /// Takes the parts of a path, as they come from another node. False when bit indices do not increase below 160, or a sum stands where none is bound.
    /// </summary>
    public static bool TryCreate(IReadOnlyList<PathNode> nodes, int boundNodes, ulong boundSum, [NotNullWhen(true)] out TreePath? path)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        path = null;
        if (boundNodes < 0 || boundNodes > nodes.Count || (boundNodes == 0 && boundSum != 0))
        {
            return false;
        }

        int previous = -1;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].BitIndex <= previous || nodes[i].BitIndex >= AccountId.SizeBits || (i >= boundNodes && nodes[i].SiblingSum != 0))
            {
                return false;
            }

            previous = nodes[i].BitIndex;
        }

        path = new TreePath([.. nodes], boundNodes, boundSum);
        return true;
    }

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
