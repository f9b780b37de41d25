using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Sends the same payments through a branch, pulse after pulse, and counts what that allocates.</summary>
internal sealed unsafe class PulseProbe : IDisposable
{
    private const int SliceFrames = 50;
    private const int NonceAt = FrameLayout.BodyOffset + 72;

    private readonly BranchDriver _branch = new(Scene.Options());
    private readonly KeptBuffer _buffer = new();
    private readonly Func<WindowBuffer?> _room;
    private readonly SilentSink _sink = new();
    private readonly byte[] _batch;
    private readonly int[] _offsets;
    private readonly int[] _order;
    private readonly Hash256[] _ids;
    private readonly Decision[] _decisions = new Decision[SliceFrames];
    private readonly Outcome[] _refusals = new Outcome[SliceFrames];
    private int _beat;

    public PulseProbe(int payments)
    {
        Party[] parties = [.. Enumerable.Range(0, payments).Select(Party.Of)];
        _branch.Load(parties.Select(party => new AccountRecord { Id = party.Id, Balance = new Amount(1_000_000) }), (ulong)payments * 1_000_000);
        byte[][] frames = [.. parties.Select((party, i) => Scene.Pay(party, parties[(i * 7) % payments], 1, 1).Frame())];
        _batch = GC.AllocateArray<byte>(frames.Sum(frame => frame.Length), pinned: true);
        _offsets = new int[payments];
        for (int i = 0, at = 0; i < payments; at += frames[i].Length, i++)
        {
            frames[i].CopyTo(_batch, at);
            _offsets[i] = at;
        }

        _order = [.. Enumerable.Range(0, payments)];
        _ids = new Hash256[payments];
        _room = () => _buffer;
    }

    /// <summary>Bytes that one pulse allocates, from the acceptance of its payments to their answers.</summary>
    public long Pulse()
    {
        _beat++;
        _buffer.Truncate(0);
        int answers = _sink.Answers;
        fixed (byte* batch = _batch)
        {
            for (int i = 0; i < _ids.Length; i++)
            {
                *(ulong*)(batch + _offsets[i] + NonceAt) = (ulong)_beat;
                _ids[i] = TransferIds.Compute(new TransferFrame(batch + _offsets[i]));
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            Accept(batch);
            SealAndCredit();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(_ids.Length, _sink.Answers - answers);
            return bytes;
        }
    }

    public void Dispose()
    {
        _branch.Dispose();
        _buffer.Free();
    }

    private void Accept(byte* batch)
    {
        for (int at = 0; at < _order.Length; at += SliceFrames)
        {
            int count = Math.Min(SliceFrames, _order.Length - at);
            var slice = new FrameSlice(batch, _offsets, _ids, _order.AsSpan(at, count), at);
            _branch.Ledger.Accept(slice, _room, _decisions, _refusals);
        }
    }

    private void SealAndCredit()
    {
        BranchLedger ledger = _branch.Ledger;
        var at = new Timestamp((ulong)_beat);
        SealedWindow window = ledger.Seal(BranchDriver.Beat(_beat), at, new TimeSequence((ulong)_beat), Hash256.Zero, _room, _sink)!;
        ledger.BeginCredits(window.Beat);
        foreach (SectionRun run in window.Runs.Span)
        {
            CreditSection section = window.Section(run);
            ledger.ApplySection(section.Secret, section.Entries.Span);
        }

        ledger.UpdateSynopsis();
        ledger.CommitSealed(window.Sequence, _sink);
        ledger.EndBeat(at);
    }

    private sealed class SilentSink : IAnswerSink
    {
        public int Answers { get; private set; }

        public void Answer(Waiter waiter, in TransferAnswer answer) => Answers++;
    }

    private sealed class KeptBuffer : WindowBuffer
    {
        private const int Bytes = 4 << 20;

        public KeptBuffer()
        {
            Data = (byte*)NativeMemory.Alloc(Bytes);
            Capacity = Bytes;
        }

        public void Free() => NativeMemory.Free(Data);

        public override void GiveBack()
        {
            // It waits for the next window.
        }

        protected override bool TryGrow(int capacityMin) => false;
    }
}
