using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The way from a transfer's leaf to the windows root of its beat (docs/PROTOCOL.md, section 4, where it is shown why no other leaf and
/// no other place can be passed off). Keeps true: as many siblings as levels have one, and a shape that a tree with promoted odd nodes has.
/// </summary>
public sealed class WindowPath
{
    /// <summary>The most levels within a branch, and the most above the branches.</summary>
    public const int LevelCountMax = 32;

    /// <summary>The length of the binary form without siblings.</summary>
    public const int HeadBytes = 16;

    /// <summary>The length of the longest binary form.</summary>
    public const int SizeBytesMax = HeadBytes + (2 * LevelCountMax * Hash256.ByteLength);

    internal WindowPath(WindowPosition position, uint placeLevels, uint branchLevels, ImmutableArray<Hash256> siblings)
    {
        Position = position;
        PlaceLevels = placeLevels;
        BranchLevels = branchLevels;
        Siblings = siblings;
    }

    public WindowPosition Position { get; }

    /// <summary>Bit j is set when the node on the way has a sibling at level j of its branch's tree.</summary>
    public uint PlaceLevels { get; }

    /// <summary>Bit j is set when the node on the way has a sibling where bit j of the branch index decides.</summary>
    public uint BranchLevels { get; }

    /// <summary>The siblings, from the bottom up.</summary>
    public ImmutableArray<Hash256> Siblings { get; }

    /// <summary>The length of the binary form.</summary>
    public int SizeBytes => HeadBytes + (Siblings.Length * Hash256.ByteLength);

    /// <summary>Takes the parts; false when there are more or fewer siblings than levels, or no tree has this shape.</summary>
    public static bool TryCreate(
        WindowPosition position, uint placeLevels, uint branchLevels, ReadOnlySpan<Hash256> siblings, [NotNullWhen(true)] out WindowPath? path)
    {
        // From the bottom: first levels that all have a sibling, then only those where the place's bit is 1 (an odd last node, promoted).
        int full = BitOperations.TrailingZeroCount(~placeLevels);
        uint above = full == LevelCountMax ? 0 : placeLevels >> full ^ position.Place >> full;
        bool isWhole = BitOperations.PopCount(placeLevels) + BitOperations.PopCount(branchLevels) == siblings.Length;
        path = above == 0 && isWhole ? new WindowPath(position, placeLevels, branchLevels, [.. siblings]) : null;
        return path is not null;
    }

    /// <summary>Reads the binary form from its first byte to its last; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WindowPath? path)
    {
        path = null;
        if (bytes.Length is < HeadBytes or > SizeBytesMax || bytes.Length % Hash256.ByteLength != HeadBytes)
        {
            return false;
        }

        return TryCreate(
            WindowPosition.FromValue(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            MemoryMarshal.Cast<byte, Hash256>(bytes[HeadBytes..]),
            out path);
    }

    /// <summary>Writes the binary form, <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Position.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], PlaceLevels);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], BranchLevels);
        MemoryMarshal.AsBytes(Siblings.AsSpan()).CopyTo(destination[HeadBytes..]);
    }

    /// <summary>The root to which the path leads from the leaf of this id: the windows root, when the transfer stands at this position.</summary>
    public Hash256 RootFrom(in Hash256 id)
    {
        Span<byte> leaf = stackalloc byte[Hash256.ByteLength + sizeof(ulong)];
        id.CopyTo(leaf);
        BinaryPrimitives.WriteUInt64LittleEndian(leaf[Hash256.ByteLength..], Position.Value);
        Hash256 node = Blake3.KeyedHash(TransferTags.WindowLeafKey, leaf);
        int used = 0;
        node = Climb(node, Position.Place, PlaceLevels, ref used);
        return Climb(node, Position.Branch, BranchLevels, ref used);
    }

    private Hash256 Climb(Hash256 node, uint sides, uint levels, ref int used)
    {
        for (; levels != 0; levels &= levels - 1)
        {
            bool siblingIsLeft = (sides >> BitOperations.TrailingZeroCount(levels) & 1) != 0;
            node = PromotedTree.Join(node, Siblings[used++], siblingIsLeft, TransferTags.WindowInnerKey);
        }

        return node;
    }
}
