using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// Frames of a batch that are for one branch: a run of frame numbers, and where the batch keeps what belongs to each. The frames are well-formed,
/// name this ledger, and their signatures have been checked.
/// </summary>
/// <param name="frames">start of the batch's bytes</param>
/// <param name="offsets">where each frame of the batch begins, by frame number</param>
/// <param name="ids">the id of each frame, by frame number</param>
/// <param name="order">the frame numbers of the slice, in the order they are to be accepted</param>
/// <param name="slice">the number under which the owner of the window knows the batch</param>
public readonly unsafe ref struct FrameSlice(byte* frames, ReadOnlySpan<int> offsets, ReadOnlySpan<Hash256> ids, ReadOnlySpan<int> order, int slice)
{
    public int Count => _order.Length;

    /// <summary>The number under which the owner of the window knows the batch.</summary>
    public int Slice { get; } = slice;

    private readonly byte* _frames = frames;
    private readonly ReadOnlySpan<int> _offsets = offsets;
    private readonly ReadOnlySpan<Hash256> _ids = ids;
    private readonly ReadOnlySpan<int> _order = order;

    /// <summary>The frame's number in its batch.</summary>
    public int FrameNumber(int index) => _order[index];

    public byte* Frame(int index) => _frames + _offsets[_order[index]];

    public ref readonly Hash256 Id(int index) => ref _ids[_order[index]];
}
