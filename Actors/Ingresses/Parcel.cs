using System.Runtime.InteropServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>A run of a batch's order that is for one branch of another node.</summary>
internal sealed unsafe record Part(TransferBatch Batch, uint Branch, int Start, int Count)
{
    private bool _isAccepted;

    public int FrameLength(int place) => new TransferFrame(Batch.Frames + Batch.Offsets[Batch.Order[place]]).LengthBytes;

    /// <summary>Tells the batch, once.</summary>
    public void NoteAccepted()
    {
        if (!_isAccepted)
        {
            _isAccepted = true;
            Batch.NoteAccepted(Count);
        }
    }
}

/// <summary>What goes to one node as one message. Batches keep their frames until they are answered, so that it can be made again.</summary>
internal sealed class Parcel(NodeId node)
{
    public NodeId Node { get; } = node;

    public ulong Number { get; set; }

    public long SentAt { get; set; }

    public List<Part> Parts { get; } = [];

    public int Bytes { get; private set; }

    public int FrameCount { get; private set; }

    public void Add(Part part, int bytes)
    {
        if (part.Count != 0)
        {
            Parts.Add(part);
            Bytes += bytes;
            FrameCount += part.Count;
        }
    }

    public unsafe SlicesForwarded ToMessage(NodeId from)
    {
        byte[] frames = new byte[Bytes];
        var ids = new Hash256[FrameCount];
        Span<byte> rest = frames;
        int next = 0;
        foreach (Part part in Parts)
        {
            for (int i = part.Start; i < part.Start + part.Count; i++)
            {
                int frame = part.Batch.Order[i];
                int length = part.FrameLength(i);
                new ReadOnlySpan<byte>(part.Batch.Frames + part.Batch.Offsets[frame], length).CopyTo(rest);
                rest = rest[length..];
                ids[next++] = part.Batch.IdSlots[frame];
            }
        }

        return new SlicesForwarded(from, Number, [.. Parts.Select(static part => new SliceRun(part.Branch, part.Count))], frames, MemoryMarshal.AsBytes(ids.AsSpan()).ToArray());
    }
}
