using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Journals;

/// <summary>Checks the transfers of a window again, as the ingress did before it let them in, and the tree over them.</summary>
internal sealed unsafe class FrameCheckRun(LedgerParameters parameters)
{
    private const int FramesAtOnce = 4_096;

    private readonly StatelessCheck _check = new(parameters);
    private readonly Outcome[] _outcomes = new Outcome[FramesAtOnce];
    private readonly List<Hash256> _leaves = [];

    /// <summary>Checks frames, one behind the other.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Check(ReadOnlySpan<byte> frames, in WindowBlock header)
    {
        _leaves.Clear();
        uint count = 0;
        fixed (byte* start = frames)
        {
            byte** addresses = stackalloc byte*[FramesAtOnce];
            int offset = 0;
            while (offset != frames.Length)
            {
                FrameWalk walk = FrameWalk.Over(start + offset, frames.Length - offset, addresses, FramesAtOnce);
                if (walk.End == FrameWalkEnd.ImplausibleLength)
                {
                    return $"there is no transfer {offset + walk.WalkedBytes} bytes into the window";
                }

                if (CheckSome(addresses, walk.FrameCount, header) is { } problem)
                {
                    return problem;
                }

                offset += walk.WalkedBytes;
                count += (uint)walk.FrameCount;
            }
        }

        return count != header.Frames || (uint)_leaves.Count != header.Leaves ? "the window has another number of transfers than it says"
            : RootOf(header.Branch) != header.WindowsRoot ? "the windows root is not that of the window's transfers"
            : null;
    }

    private string? CheckSome(byte** frames, int count, in WindowBlock header)
    {
        Span<Outcome> outcomes = _outcomes.AsSpan(0, count);
        outcomes.Clear();
        _check.Run(frames, count, header.At, SignatureMode.Verify, outcomes);
        for (int i = 0; i < count; i++)
        {
            if (outcomes[i] != Outcome.Pending)
            {
                return $"transfer {TransferIds.Compute(new TransferFrame(frames[i]))} would be refused: {outcomes[i]}";
            }

            AddLeaves(new TransferFrame(frames[i]));
        }

        return null;
    }

    private void AddLeaves(in TransferFrame frame)
    {
        Hash256 id = TransferIds.Compute(frame);
        if (!FrameLayout.IsBundle(frame.Kind))
        {
            _leaves.Add(id);
            return;
        }

        for (int i = 0; i < frame.Body.ItemNumber; i++)
        {
            _leaves.Add(TransferIds.ComputeItem(id, i));
        }
    }

    private Hash256 RootOf(uint branch)
    {
        fixed (Hash256* leaves = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_leaves))
        {
            WindowsTree.HashLeaves(new WindowPosition(branch, 0), leaves, leaves, _leaves.Count);
            return WindowsTree.BranchRoot(leaves, _leaves.Count);
        }
    }
}
