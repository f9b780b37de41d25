using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

/// <summary>Runs the stateless check over frames in managed memory.</summary>
internal sealed unsafe class Judge
{
    private readonly StatelessCheck _check = new(Samples.Parameters, new SignatureRoom { StandingsMax = 16 });

    /// <summary>Signatures that the last run verified.</summary>
    public long Verified => _check.Verified;

    /// <summary>What bad ones cost in the last run.</summary>
    public long Wasted => _check.Wasted;

    /// <summary>Frames of the last run with bad ones.</summary>
    public int[] BadFrames => _check.BadFrames.ToArray();

    public Outcome One(ReadOnlySpan<byte> frame, SignatureMode mode = SignatureMode.Verify)
    {
        fixed (byte* start = frame)
        {
            Outcome outcome = default;
            byte* address = start;
            _check.Run(&address, 1, Samples.Now, mode, new Span<Outcome>(&outcome, 1));
            return outcome;
        }
    }

    public Outcome[] Many(IReadOnlyList<byte[]> frames, SignatureMode mode = SignatureMode.Verify)
    {
        byte[] buffer = GC.AllocateArray<byte>(frames.Sum(static frame => frame.Length), pinned: true);
        byte*[] addresses = new byte*[frames.Count];
        Outcome[] outcomes = new Outcome[frames.Count];
        int offset = 0;
        fixed (byte* start = buffer)
        fixed (byte** address = addresses)
        {
            for (int i = 0; i < frames.Count; i++)
            {
                frames[i].CopyTo(buffer, offset);
                addresses[i] = start + offset;
                offset += frames[i].Length;
            }

            _check.Run(address, frames.Count, Samples.Now, mode, outcomes);
        }

        return outcomes;
    }
}
