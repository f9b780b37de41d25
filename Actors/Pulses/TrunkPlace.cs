using LeitherCluster.Ledger.Tree;

namespace LeitherCluster.Actors.Pulses;

/// <summary>Where a trunk stands in the tree of trunks.</summary>
/// <param name="Band">0 is the top</param>
/// <param name="Index">which one of its band; the id bits above <paramref name="FirstBit"/></param>
/// <param name="FirstBit">the first id bit that its children differ in</param>
/// <param name="WidthBits">id bits that its band decides: it has 2^width children</param>
/// <param name="DepthBits">id bits that all bands decide: the ledger has 2^depth branches</param>
/// <param name="Translucency">the ledger's T</param>
public sealed record TrunkPlace(int Band, uint Index, int FirstBit, int WidthBits, int DepthBits, int Translucency)
{
    /// <summary>Its children are branches.</summary>
    public bool IsLeaf => FirstBit + WidthBits == DepthBits;

    public int BranchCount => 1 << DepthBits;

    public uint ChildCount => 1u << WidthBits;

    /// <summary>The lowest branch under it.</summary>
    public uint FirstBranch => Index << (DepthBits - FirstBit);

    /// <summary>Whether a branch is under it.</summary>
    public bool Has(uint branch) => branch >> (DepthBits - FirstBit) == Index;

    /// <summary>All branches under it, in order.</summary>
    public IEnumerable<uint> Branches()
    {
        uint first = FirstBranch;
        uint count = 1u << (DepthBits - FirstBit);
        for (uint i = 0; i < count; i++)
        {
            yield return first + i;
        }
    }

    /// <summary>The trunk's tree over its children, given the entries of all branches.</summary>
    public TrunkTree TreeOf(ReadOnlySpan<BranchEntry> entries)
    {
        var tree = new TrunkTree(FirstBit, WidthBits, Translucency);
        for (uint child = 0; child < ChildCount; child++)
        {
            Synopsis synopsis = IsLeaf ? entries[(int)(FirstBranch + child)].Synopsis : ChildTrunkSynopsis(child, entries);
            tree.Set((int)child, synopsis);
        }

        tree.Update();
        return tree;
    }

    // The trunks below merge to the same synopsis as one tree over all their branches.
    private Synopsis ChildTrunkSynopsis(uint child, ReadOnlySpan<BranchEntry> entries)
    {
        int firstBit = FirstBit + WidthBits;
        var all = new TrunkPlace(Band + 1, (Index << WidthBits) + child, firstBit, DepthBits - firstBit, DepthBits, Translucency);
        return all.TreeOf(entries).Synopsis;
    }

    /// <summary>All trunks of a ledger, from the top down, each band in order.</summary>
    public static IEnumerable<TrunkPlace> All(IReadOnlyList<int> bands, int translucency)
    {
        int depth = bands.Sum();
        int firstBit = 0;
        for (int band = 0; band < bands.Count; band++)
        {
            for (uint index = 0; index < 1u << firstBit; index++)
            {
                yield return new TrunkPlace(band, index, firstBit, bands[band], depth, translucency);
            }

            firstBit += bands[band];
        }
    }
}
