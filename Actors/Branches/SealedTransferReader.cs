using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Actors.Branches;

/// <summary>Finds transfers again in a sealed block.</summary>
internal static unsafe class SealedTransferReader
{
    /// <summary>The frame whose leaf has a place, and the leaf's path within the branch's window.</summary>
    public static BranchTransfer Read(uint branch, ReadOnlySpan<byte> block, uint place)
    {
        Hash256[] leaves = LeafIds(block, place, out TransferEvidence? evidence);
        if (evidence is null)
        {
            return new BranchTransfer(null, null);
        }

        fixed (Hash256* start = leaves)
        {
            WindowsTree.HashLeaves(new WindowPosition(branch, 0), start, start, leaves.Length);
            return new BranchTransfer(evidence, WindowsTree.BranchPath(new WindowPosition(branch, place), start, leaves.Length));
        }
    }

    /// <summary>The ids of all leaves of a sealed block, in recorded order.</summary>
    public static Hash256[] LeafIds(ReadOnlySpan<byte> block) => LeafIds(block, uint.MaxValue, out _);

    private static Hash256[] LeafIds(ReadOnlySpan<byte> block, uint place, out TransferEvidence? found)
    {
        found = null;
        if (!WindowBlock.TryRead(block, out WindowBlock header))
        {
            return [];
        }

        var leaves = new Hash256[header.Leaves];
        int count = 0;
        ReadOnlySpan<byte> rest = block[WindowBlock.SizeBytes..^WindowBlock.CertificateBytes];
        for (uint i = 0; i < header.Frames; i++)
        {
            var frame = new TransferFrame(rest);
            int items = AddLeaves(frame, leaves.AsSpan(count));
            if (place >= (uint)count && place < (uint)(count + items))
            {
                found = FrameLayout.IsBundle(frame.Kind) ? TransferEvidence.OfBundleItem(frame, (int)place - count) : TransferEvidence.OfFrame(frame);
            }

            count += items;
            rest = rest[frame.LengthBytes..];
        }

        return leaves;
    }

    private static int AddLeaves(TransferFrame frame, Span<Hash256> leaves)
    {
        Hash256 id = TransferIds.Compute(frame);
        if (!FrameLayout.IsBundle(frame.Kind))
        {
            leaves[0] = id;
            return 1;
        }

        int items = frame.Body.ItemNumber;
        fixed (Hash256* start = leaves)
        {
            TransferIds.ComputeItems(id, 0, start, items);
        }

        return items;
    }
}
