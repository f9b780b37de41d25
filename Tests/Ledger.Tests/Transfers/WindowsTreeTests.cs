using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed unsafe class WindowsTreeTests
{
    [Fact]
    public void BranchRoot_EverySize_EqualsThePlainOracle()
    {
        for (int count = 0; count <= 300; count++)
        {
            Hash256[] ids = Ids(count, seed: count);
            Hash256[] leaves = Leaves(7, ids);
            Assert.Equal(ids.Select((id, place) => OracleLeaf(id, 7, (uint)place)), leaves);
            Assert.Equal(OracleRoot(leaves), BranchRoot(leaves));
        }
    }

    [Fact]
    public void HashLeaves_FromAnyPlace_ContinuesTheOrder()
    {
        Hash256[] ids = Ids(100, seed: 1);
        Hash256[] whole = Leaves(3, ids);
        Hash256[] tail = new Hash256[60];
        fixed (Hash256* id = &ids[40], leaf = tail)
        {
            WindowsTree.HashLeaves(new WindowPosition(3, 40), id, leaf, tail.Length);
        }

        Assert.Equal(whole[40..], tail);
    }

    [Fact]
    public void BranchPath_EveryLeafOfEverySize_LeadsToTheRoot()
    {
        for (int count = 1; count <= 40; count++)
        {
            Hash256[] ids = Ids(count, seed: count);
            Hash256[] leaves = Leaves(9, ids);
            Hash256 root = BranchRoot(leaves);
            for (uint place = 0; place < count; place++)
            {
                WindowPath path = BranchPath(new WindowPosition(9, place), leaves);
                Assert.Equal(root, path.RootFrom(ids[place]));
                Assert.Equal(root, RoundTrip(path).RootFrom(ids[place]));
            }
        }
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.3)]
    [InlineData(1.0)]
    public void TrunkPath_TwoBandsOfBranches_LeadsToTheWindowsRoot(double filled)
    {
        Random random = new(42);
        const int BandBits = 4;
        Dictionary<uint, Hash256[]> branches = [];
        for (uint branch = 0; branch < 1 << (2 * BandBits); branch++)
        {
            if (random.NextDouble() < filled)
            {
                branches[branch] = Ids(random.Next(1, 6), seed: (int)branch);
            }
        }

        Hash256[] lowerRoots = new Hash256[1 << BandBits];
        for (uint trunk = 0; trunk < lowerRoots.Length; trunk++)
        {
            lowerRoots[trunk] = TrunkRoot(ChildRoots(branches, trunk, BandBits), BandBits);
        }

        Hash256 windowsRoot = TrunkRoot(lowerRoots, BandBits);
        Assert.Equal(OracleTop(branches, 2 * BandBits), windowsRoot);
        foreach ((uint branch, Hash256[] ids) in branches)
        {
            WindowPosition position = new(branch, (uint)ids.Length - 1);
            WindowPath path = BranchPath(position, Leaves(branch, ids));
            path = TrunkPath(path, ChildRoots(branches, branch >> BandBits, BandBits), BandBits, lowBits: 0);
            path = TrunkPath(path, lowerRoots, BandBits, lowBits: BandBits);
            Assert.Equal(windowsRoot, RoundTrip(path).RootFrom(ids[^1]));
        }
    }

    [Fact]
    public void TrunkRoot_NothingAnywhere_IsZero() => Assert.Equal(Hash256.Zero, TrunkRoot(new Hash256[16], 4));

    [Fact]
    public void Path_AnyBitFlippedOrCutOrExtended_LeadsNowhere()
    {
        (WindowPath path, Hash256 id, Hash256 root) = SomePath();
        byte[] bytes = new byte[path.SizeBytes];
        path.CopyTo(bytes);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(WindowPath.TryRead(bytes, out WindowPath? read) && read!.RootFrom(id) == root, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(WindowPath.TryRead(bytes.AsSpan(0, length), out _));
        }

        Assert.False(WindowPath.TryRead([.. bytes, .. new byte[32]], out _));
    }

    [Fact]
    public void Path_OfAnotherLeafOrAnInnerNode_LeadsNowhere()
    {
        (WindowPath path, Hash256 id, Hash256 root) = SomePath();
        Assert.NotEqual(root, path.RootFrom(path.Siblings[0]));

        // An inner node passed off as a leaf, with the rest of the path above it.
        Hash256 parent = PlainKeyed("LC1winnd", [.. OracleLeaf(id, path.Position.Branch, path.Position.Place).AsSpan(), .. path.Siblings[0].AsSpan()]);
        Assert.True(WindowPath.TryCreate(
            new WindowPosition(path.Position.Branch, path.Position.Place >> 1), path.PlaceLevels >> 1, path.BranchLevels, path.Siblings.AsSpan()[1..], out WindowPath? shorter));
        Assert.NotEqual(root, shorter!.RootFrom(parent));
    }

    [Theory]
    [InlineData(2u, 0b001u)] // a 1 in the place without a sibling on its left
    [InlineData(4u, 0b110u)] // promoted at level 0, but with a sibling on its right at level 1
    [InlineData(0u, 0b100u)]
    [InlineData(1u, 0b000u)]
    public void TryCreate_ShapeThatNoTreeHas_IsRefused(uint place, uint levels)
    {
        Hash256[] siblings = new Hash256[System.Numerics.BitOperations.PopCount(levels)];
        Assert.False(WindowPath.TryCreate(new WindowPosition(0, place), levels, 0, siblings, out _));
    }

    private static (WindowPath Path, Hash256 Id, Hash256 Root) SomePath()
    {
        Hash256[] ids = Ids(11, seed: 5);
        Hash256[] leaves = Leaves(2, ids);
        Hash256[] roots = new Hash256[8];
        roots[2] = BranchRoot(leaves);
        roots[3] = OracleLeaf(ids[0], 3, 0);
        roots[6] = OracleLeaf(ids[1], 6, 0);
        WindowPath path = TrunkPath(BranchPath(new WindowPosition(2, 4), leaves), roots, 3, lowBits: 0);
        Hash256 root = TrunkRoot(roots, 3);
        Assert.Equal(root, path.RootFrom(ids[4]));
        return (path, ids[4], root);
    }

    private static WindowPath RoundTrip(WindowPath path)
    {
        byte[] bytes = new byte[path.SizeBytes];
        path.CopyTo(bytes);
        Assert.True(WindowPath.TryRead(bytes, out WindowPath? read));
        Assert.Equal(path.Position, read!.Position);
        return read;
    }

    private static Hash256[] Ids(int count, int seed)
    {
        Hash256[] ids = new Hash256[count];
        new Random(seed).NextBytes(MemoryMarshal.AsBytes(ids.AsSpan()));
        return ids;
    }

    private static Hash256[] Leaves(uint branch, Hash256[] ids)
    {
        Hash256[] leaves = new Hash256[ids.Length];
        fixed (Hash256* id = ids, leaf = leaves)
        {
            WindowsTree.HashLeaves(new WindowPosition(branch, 0), id, leaf, ids.Length);
        }

        return leaves;
    }

    private static Hash256 BranchRoot(Hash256[] leaves)
    {
        fixed (Hash256* rubble = (Hash256[])leaves.Clone())
        {
            return WindowsTree.BranchRoot(rubble, leaves.Length);
        }
    }

    private static WindowPath BranchPath(WindowPosition position, Hash256[] leaves)
    {
        fixed (Hash256* rubble = (Hash256[])leaves.Clone())
        {
            return WindowsTree.BranchPath(position, rubble, leaves.Length);
        }
    }

    private static Hash256 TrunkRoot(Hash256[] roots, int bandBits)
    {
        fixed (Hash256* rubble = (Hash256[])roots.Clone())
        {
            return WindowsTree.TrunkRoot(rubble, bandBits);
        }
    }

    private static WindowPath TrunkPath(WindowPath path, Hash256[] roots, int bandBits, int lowBits)
    {
        fixed (Hash256* rubble = (Hash256[])roots.Clone())
        {
            return WindowsTree.TrunkPath(path, rubble, bandBits, lowBits);
        }
    }

    private static Hash256[] ChildRoots(Dictionary<uint, Hash256[]> branches, uint trunk, int bandBits)
    {
        Hash256[] roots = new Hash256[1 << bandBits];
        for (uint child = 0; child < roots.Length; child++)
        {
            uint branch = (trunk << bandBits) + child;
            roots[child] = branches.TryGetValue(branch, out Hash256[]? ids) ? BranchRoot(Leaves(branch, ids)) : Hash256.Zero;
        }

        return roots;
    }

    private static Hash256 OracleTop(Dictionary<uint, Hash256[]> branches, int depthBits)
    {
        Hash256? Under(uint prefix, int bits)
        {
            if (bits == depthBits)
            {
                return branches.TryGetValue(prefix, out Hash256[]? ids) ? OracleRoot(Leaves(prefix, ids)) : null;
            }

            Hash256? left = Under(prefix << 1, bits + 1);
            Hash256? right = Under((prefix << 1) + 1, bits + 1);
            return left is { } l && right is { } r ? PlainKeyed("LC1winnd", [.. l.AsSpan(), .. r.AsSpan()]) : left ?? right;
        }

        return Under(0, 0) ?? Hash256.Zero;
    }

    private static Hash256 OracleRoot(Hash256[] level)
    {
        if (level.Length == 0)
        {
            return Hash256.Zero;
        }

        while (level.Length > 1)
        {
            level = [.. level.Chunk(2).Select(static pair => pair.Length == 1
                ? pair[0]
                : PlainKeyed("LC1winnd", [.. pair[0].AsSpan(), .. pair[1].AsSpan()]))];
        }

        return level[0];
    }

    private static Hash256 OracleLeaf(Hash256 id, uint branch, uint place)
    {
        byte[] position = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(position.AsSpan(4), branch);
        BinaryPrimitives.WriteUInt32LittleEndian(position, place);
        return PlainKeyed("LC1winlf", [.. id.AsSpan(), .. position]);
    }

    private static Hash256 PlainKeyed(string tag, byte[] message)
    {
        byte[] key = new byte[32];
        Encoding.ASCII.GetBytes(tag, key);
        return Blake3.KeyedHash(key, message);
    }
}
