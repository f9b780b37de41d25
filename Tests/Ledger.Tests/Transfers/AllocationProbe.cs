using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

/// <summary>Counts what a stateless check, walk and ids of a batch allocate once they have run.</summary>
internal sealed unsafe class AllocationProbe(byte[][] frames)
{
    private readonly StatelessCheck _check = new(Samples.Parameters, new SignatureRoom { StandingsMax = 16 });
    private readonly byte[] _buffer = Pinned(frames);

    public long BytesOfLaterRuns(SignatureMode mode)
    {
        Assert.Equal(frames.Length, Run(mode));
        return Allocation.FewestBytes(() => Run(mode));
    }

    // How many passed.
    private int Run(SignatureMode mode)
    {
        int count = frames.Length;
        byte** addresses = stackalloc byte*[count];
        Hash256* ids = stackalloc Hash256[count];
        Span<Outcome> outcomes = stackalloc Outcome[count];
        fixed (byte* start = _buffer)
        {
            FrameWalk walk = FrameWalk.Over(start, _buffer.Length, addresses, count);
            _check.Run(addresses, walk.FrameCount, Samples.Now, mode, outcomes);
            TransferIds.Compute(addresses, ids, count);
        }

        int passed = 0;
        foreach (Outcome outcome in outcomes)
        {
            passed += outcome == Outcome.Pending ? 1 : 0;
        }

        return passed;
    }

    private static byte[] Pinned(byte[][] frames)
    {
        byte[] buffer = GC.AllocateArray<byte>(frames.Sum(static frame => frame.Length), pinned: true);
        int offset = 0;
        foreach (byte[] frame in frames)
        {
            frame.CopyTo(buffer, offset);
            offset += frame.Length;
        }

        return buffer;
    }
}
