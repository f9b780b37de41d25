using System.Numerics;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// One band of the synopsis tree above the branches: merges the synopses of 2^<see cref="WidthBits"/> children, branches or
/// trunks, into its own. An empty side is passed through, so that the bands together make the path-compressed tree of
/// docs/PROTOCOL.md, section 2. Used by one thread at a time.
/// </summary>
public sealed class TrunkTree
{
    /// <summary>The widest band: 65,536 children.</summary>
    public const int WidthBitsMax = 16;

    /// <summary>An implicit heap: node 1 is the trunk, the children of node i are 2i and 2i + 1, those of the band come last.</summary>
    private readonly Synopsis[] _nodes;

    private readonly bool[] _dirty;

    /// <summary>A band of which all children are empty.</summary>
    /// <param name="firstBit">The bit by which its top node divides: the bits of the bands above, together.</param>
    /// <param name="widthBits">1 to <see cref="WidthBitsMax"/> bits of the id, which number the children.</param>
    /// <param name="translucency">The ledger's T, 0 to 160: nodes whose bit index is below it bind their children's sums.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public TrunkTree(int firstBit, int widthBits, int translucency)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstBit);
        ArgumentOutOfRangeException.ThrowIfLessThan(widthBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(widthBits, WidthBitsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(widthBits, BranchTree.DepthBitsMax - firstBit);
        ArgumentOutOfRangeException.ThrowIfNegative(translucency);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(translucency, AccountId.SizeBits);
        FirstBit = firstBit;
        WidthBits = widthBits;
        Translucency = translucency;
        _nodes = new Synopsis[2 << widthBits];
        _dirty = new bool[2 << widthBits];
    }

    public int FirstBit { get; }

    public int WidthBits { get; }

    public int Translucency { get; }

    /// <summary>How many children there are, empty ones counted.</summary>
    public int Children => 1 << WidthBits;

    /// <summary>Digest and sum as of the last <see cref="Update"/>.</summary>
    public Synopsis Synopsis => _nodes[1];

    /// <summary>Whether a child has changed since the last <see cref="Update"/>.</summary>
    public bool HasChanges => _dirty[1];

    /// <summary>The synopsis that a child was last given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such child.</exception>
    public Synopsis this[int child] => _nodes[NodeOf(child)];

    /// <summary>Gives a child its synopsis, to take effect with the next <see cref="Update"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such child.</exception>
    public void Set(int child, in Synopsis synopsis)
    {
        int node = NodeOf(child);
        if (_nodes[node] != synopsis)
        {
            _nodes[node] = synopsis;
            for (int above = node >> 1; above > 0; above >>= 1)
            {
                _dirty[above] = true;
            }
        }
    }

    /// <summary>Makes the nodes above changed children anew and gives the trunk's synopsis.</summary>
    /// <exception cref="OverflowException">The sum does not fit 64 bits. The trunk is of no more use.</exception>
    public Synopsis Update()
    {
        for (int node = Children - 1; node > 0; node--)
        {
            if (_dirty[node])
            {
                _nodes[node] = Merge(FirstBit + BitOperations.Log2((uint)node), _nodes[2 * node], _nodes[(2 * node) + 1]);
                _dirty[node] = false;
            }
        }

        return Synopsis;
    }

    /// <summary>
    /// The child that the bits of an id lead to, as of the last update: the one whose number they are unless that is empty.
    /// Adds the nodes passed to the path. -1 if all children are empty.
    /// </summary>
    /// <exception cref="InvalidOperationException">A child has changed since the last update.</exception>
    public int Lead(in AccountId id, TreePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (HasChanges)
        {
            throw new InvalidOperationException("The trunk has changes that were not merged yet.");
        }

        if (Synopsis.IsEmpty)
        {
            return -1;
        }

        int node = 1;
        for (int bit = FirstBit; node < Children; bit++)
        {
            int low = 2 * node;
            bool both = !_nodes[low].IsEmpty && !_nodes[low + 1].IsEmpty;
            node = both ? low + id.Bit(bit) : _nodes[low].IsEmpty ? low + 1 : low;
            if (both)
            {
                Synopsis sibling = _nodes[node ^ 1];
                path.Add(bit, Translucency, sibling.Digest, sibling.Sum, _nodes[node].Sum);
            }
        }

        return node - Children;
    }

    private Synopsis Merge(int bitIndex, in Synopsis left, in Synopsis right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.IsEmpty ? right : left;
        }

        Hash256 digest = NodeHash.Inner(bitIndex, Translucency, left.Digest, left.Sum, right.Digest, right.Sum);
        return new Synopsis(digest, checked(left.Sum + right.Sum));
    }

    private int NodeOf(int child)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(child);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(child, Children);
        return Children + child;
    }
}
