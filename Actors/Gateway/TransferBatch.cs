using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Gateway;

/// <summary>
/// The unit that travels from socket to answer: concatenated transfer frames in pinned memory, with one answer each. A front door fills
/// it, submits it, waits, reads the answers, and fills it again. Nothing in it grows in the steady state.
/// </summary>
/// <remarks>Owned by one party at a time: the front door before <c>TrySubmit</c> and after <see cref="WhenAnswered"/>, the ledger between.</remarks>
public sealed unsafe partial class TransferBatch
{
    /// <summary>The most bytes of frames in one batch.</summary>
    public const int BytesMax = 64 << 20;

    /// <summary>The most frames in one batch.</summary>
    public const int FramesMax = 1 << 18;

    /// <summary>Readable bytes that follow the last frame, so that lanes may load past it.</summary>
    private const int Padding = 64;

    private Branches.BranchSlice?[] _slices = [];
    private byte[] _memory = [];
    private int _capacity;
    private TaskCompletionSource _accepted = NewSignal();
    private TaskCompletionSource _answered = NewSignal();
    private int _unaccepted;
    private int _unanswered;

    /// <summary>A batch with room for <paramref name="capacityBytes"/> of frames to begin with.</summary>
    public TransferBatch(int capacityBytes = 64 << 10)
    {
        EnsureCapacity(capacityBytes);
        Submission = new Ingresses.SubmitBatch(this);
    }

    /// <summary>The frames' bytes; <see cref="LengthBytes"/> of them are meant.</summary>
    public byte* Frames => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));

    public int LengthBytes { get; private set; }

    /// <summary>How many frames there are, once the ingress has walked them; each has an answer.</summary>
    public int Count { get; internal set; }

    /// <summary>Signatures were checked before; the ingress skips Ed25519 and nothing else. For load tests and replays of one's own journal.</summary>
    public bool SignaturesChecked { get; set; }

    /// <summary>Who handed it over. What a source's bad signatures cost is limited; <see cref="SourceId.None"/>, the default, is not.</summary>
    public SourceId Source { get; set; }

    /// <summary>The answers, in the order of the frames. Stable once <see cref="WhenAnswered"/> has completed.</summary>
    public ReadOnlySpan<TransferAnswer> Answers => AnswerSlots.AsSpan(0, Count);

    /// <summary>Ids of the frames, zero for one that was refused before it had any.</summary>
    public ReadOnlySpan<Hash256> Ids => IdSlots.AsSpan(0, Count);

    /// <summary>Completes when every frame is either refused or in a window.</summary>
    public Task WhenAccepted => _accepted.Task;

    /// <summary>Completes when every frame is either refused or committed.</summary>
    public Task WhenAnswered => _answered.Task;

    /// <summary>The batch on its way to an ingress.</summary>
    internal Ingresses.SubmitBatch Submission { get; }

    /// <summary>Told <see cref="Accepted"/> when every frame is either refused or in a window; both are set with <see cref="Open"/>.</summary>
    internal Runtime.IActorRef Ingress { get; set; } = Runtime.ActorRefs.Nobody;

    internal object? Accepted { get; set; }

    internal TransferAnswer[] AnswerSlots { get; private set; } = [];

    internal Hash256[] IdSlots { get; private set; } = [];

    /// <summary>Where each frame begins.</summary>
    internal int[] Offsets { get; private set; } = [];

    /// <summary>Frame numbers grouped by branch; a slice is a run of these.</summary>
    internal int[] Order { get; private set; } = [];

    /// <summary>The slice that is for a branch; made once, used again with the batch.</summary>
    internal Branches.BranchSlice Slice(uint branch)
    {
        if (branch >= (uint)_slices.Length)
        {
            Array.Resize(ref _slices, (int)System.Numerics.BitOperations.RoundUpToPowerOf2(branch + 1));
        }

        return _slices[branch] ??= new Branches.BranchSlice(this, branch);
    }

    /// <summary>Empties the batch for another use.</summary>
    /// <exception cref="InvalidOperationException">The ledger still holds it.</exception>
    public void Reset()
    {
        Rewind();
        LengthBytes = 0;
        SignaturesChecked = false;
        Source = SourceId.None;
    }

    /// <summary>Forgets the answers and keeps the frames, which may be changed in place, for another use.</summary>
    /// <exception cref="InvalidOperationException">The ledger still holds it.</exception>
    public void Rewind()
    {
        if (Volatile.Read(ref _unanswered) != 0)
        {
            throw new InvalidOperationException("The batch is still with the ledger.");
        }

        Count = 0;
        _accepted = NewSignal();
        _answered = NewSignal();
    }

    /// <summary>Appends bytes (whole frames, or parts of them in order).</summary>
    /// <returns>False when the batch would exceed <see cref="BytesMax"/>.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax - LengthBytes)
        {
            return false;
        }

        EnsureCapacity(LengthBytes + bytes.Length);
        bytes.CopyTo(_memory.AsSpan(LengthBytes));
        LengthBytes += bytes.Length;
        return true;
    }

    /// <summary>Makes room for the answers of up to <paramref name="frames"/> frames.</summary>
    internal void EnsureFrames(int frames)
    {
        if (AnswerSlots.Length < frames)
        {
            int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)frames);
            AnswerSlots = new TransferAnswer[size];
            IdSlots = new Hash256[size];
            Offsets = new int[size];
            Order = new int[size];
        }
    }

    /// <summary>Begins the count of frames that have no answer yet. Called once, before the first of them can be answered.</summary>
    internal void Open(int frames)
    {
        _isUnsettled = false;
        RetriedSinceTicks = null;
        Volatile.Write(ref _unaccepted, frames);
        Volatile.Write(ref _unanswered, frames);
        if (frames == 0)
        {
            OnAccepted();
            Complete();
        }
    }

    /// <summary>Answers every frame of a batch that no ingress has looked at.</summary>
    internal void RefuseUnread(Outcome outcome)
    {
        int entries = CountEntries();
        EnsureFrames(entries);
        Count = entries;
        Open(entries);
        IdSlots.AsSpan(0, entries).Clear();
        AnswerSlots.AsSpan(0, entries).Fill(new TransferAnswer(outcome));
        NoteAccepted(entries);
        NoteAnswered(entries);
    }

    /// <summary>Frames, and one more for bytes after which none can be found: as the ingress counts them.</summary>
    private int CountEntries()
    {
        const int AtOnce = 256;
        byte** frames = stackalloc byte*[AtOnce];
        int entries = 0;
        int offset = 0;
        while (true)
        {
            FrameWalk walk = FrameWalk.Over(Frames + offset, LengthBytes - offset, frames, Math.Min(AtOnce, FramesMax - entries));
            entries += walk.FrameCount;
            offset += walk.WalkedBytes;
            if (walk.End != FrameWalkEnd.NoRoom || entries == FramesMax)
            {
                return entries + (walk.End == FrameWalkEnd.Whole ? 0 : 1);
            }
        }
    }

    /// <summary>Marks frames as accepted or refused.</summary>
    internal void NoteAccepted(int frames)
    {
        if (frames != 0 && Interlocked.Add(ref _unaccepted, -frames) == 0)
        {
            OnAccepted();
        }
    }

    /// <summary>Marks frames as answered for good. The last one gives the batch back to its front door.</summary>
    internal void NoteAnswered(int frames)
    {
        if (frames != 0 && Interlocked.Add(ref _unanswered, -frames) == 0)
        {
            OnAnswered();
        }
    }

    private void OnAccepted()
    {
        (Runtime.IActorRef ingress, object? accepted) = (Ingress, Accepted);
        Ingress = Runtime.ActorRefs.Nobody;
        Accepted = null;
        _accepted.TrySetResult();
        if (accepted is not null)
        {
            ingress.Tell(accepted);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void EnsureCapacity(int bytes)
    {
        if (bytes <= _capacity)
        {
            return;
        }

        int capacity = (int)Math.Min(BytesMax, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes));
        byte[] grown = GC.AllocateArray<byte>(capacity + Padding, pinned: true);
        _memory.AsSpan(0, LengthBytes).CopyTo(grown);
        _memory = grown;
        _capacity = capacity;
    }
}
