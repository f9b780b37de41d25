using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Branches;

/// <summary>Who waits for a frame: a number that the owner of the window gave to the batch's slice, and the frame's number in its batch.</summary>
public readonly record struct Waiter(int Slice, int Frame)
{
    /// <summary>Waits for a frame that came from the journal: its sender will ask again.</summary>
    public static readonly Waiter Nobody = new(-1, -1);
}

/// <summary>What is kept beside a frame until its parties are answered.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct WindowFrame
{
    public const int NoSender = -1;

    /// <summary>The earliest of its expiry and those of its acceptances, ms.</summary>
    public ulong GoodUntil;

    public Waiter Waiter;

    /// <summary>Where it begins in the buffer.</summary>
    public int Offset;

    /// <summary>Its sender's number in <see cref="PendingSenders"/>; <see cref="NoSender"/> when it acts on a hold.</summary>
    public int Sender;

    /// <summary>From the seal on: its place, that of its first item if it is a bundle.</summary>
    public uint Place;
}

/// <summary>
/// The transfers that a branch accepted for one beat, in recorded order, with what is kept beside each. Two windows take turns; their arrays grow
/// to the size of the busiest window and stay.
/// </summary>
internal sealed class Window(ulong seed)
{
    private const int FramesAtFirst = 64;

    private readonly FrameIndex _index = new(seed);
    private WindowFrame[] _frames = new WindowFrame[FramesAtFirst];
    private Hash256[] _ids = new Hash256[FramesAtFirst];

    /// <summary>Null until the first frame comes.</summary>
    public WindowBuffer? Buffer { get; set; }

    public int Count { get; private set; }

    public Span<WindowFrame> Frames => _frames.AsSpan(0, Count);

    public Span<Hash256> Ids => _ids.AsSpan(0, Count);

    /// <summary>Parties that sent a frame again, by its number: they get the same answer.</summary>
    public List<(int Frame, Waiter Waiter)> Joined { get; } = [];

    /// <summary>Adds a frame; what is kept beside it is for the caller to fill in, all of it.</summary>
    public ref WindowFrame Add(in Hash256 id)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, Count * 2);
            Array.Resize(ref _ids, Count * 2);
        }

        _ids[Count] = id;
        return ref _frames[Count++];
    }

    /// <summary>Moves a frame's entries to an earlier number, when some before it were left out.</summary>
    public void Move(int from, int to, int offset)
    {
        _frames[to] = _frames[from] with { Offset = offset };
        _ids[to] = _ids[from];
    }

    public void Truncate(int count)
    {
        Count = count;
        _index.Clear();
    }

    public void Clear()
    {
        Buffer = null;
        Joined.Clear();
        Truncate(0);
    }

    /// <summary>The number of the frame with this id, or -1. Only a transfer that came again is looked up, so the index is made when first asked.</summary>
    public int Find(in Hash256 id) => _index.Find(id, Ids);
}
