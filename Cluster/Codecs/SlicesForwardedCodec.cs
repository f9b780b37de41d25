using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>
/// Frames sent on to the node of their branches: number(8) | incarnation(4) | number of runs(4) | number of frames(4) | length of the node's name(1) | name |
/// of each run: branch(4), frames(4) | ids, 32 bytes each | the frames, to the end. The message keeps the array that the bytes came in.
/// </summary>
internal sealed class SlicesForwardedCodec(uint number) : MessageCodec<SlicesForwarded>(number)
{
    private const int NameOffset = 21;
    private const int RunBytes = 8;

    public override void Write(SlicesForwarded message, IBufferWriter<byte> output)
    {
        Span<byte> head = output.GetSpan(NameOffset + byte.MaxValue);
        BinaryPrimitives.WriteUInt64LittleEndian(head, message.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], message.From.Incarnation);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], message.Runs.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], message.FrameCount);
        int nameBytes = Encoding.UTF8.GetBytes(message.From.Name, head[NameOffset..]);
        head[NameOffset - 1] = checked((byte)nameBytes);
        output.Advance(NameOffset + nameBytes);
        foreach (SliceRun run in message.Runs)
        {
            Span<byte> bytes = output.GetSpan(RunBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, run.Branch);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], run.Count);
            output.Advance(RunBytes);
        }

        output.Write(message.Ids.Span);
        output.Write(message.Frames.Span);
    }

    public override SlicesForwarded Read(MessageBody body)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes.Length < NameOffset || bytes.Length < NameOffset + bytes[NameOffset - 1])
        {
            throw new MalformedMessageException("frames without their head");
        }

        int runsAt = NameOffset + bytes[NameOffset - 1];
        string name = Encoding.UTF8.GetString(bytes[NameOffset..runsAt]);
        uint runCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        uint frameCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        long idsAt = runsAt + ((long)runCount * RunBytes);
        long framesAt = idsAt + ((long)frameCount * Hash256.ByteLength);
        if (!ClusterName.IsValid(name) || framesAt > bytes.Length)
        {
            throw new MalformedMessageException("fewer frames than said");
        }

        SliceRun[] runs = ReadRuns(bytes[runsAt..(int)idsAt], frameCount);
        NodeId from = new(name, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        ulong questionNumber = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ReadOnlyMemory<byte> kept = body.TakeOver().Memory;
        return new SlicesForwarded(from, questionNumber, runs, kept[(int)framesAt..], kept[(int)idsAt..(int)framesAt]);
    }

    private static SliceRun[] ReadRuns(ReadOnlySpan<byte> bytes, uint frameCount)
    {
        SliceRun[] runs = new SliceRun[bytes.Length / RunBytes];
        long frames = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            runs[i] = new SliceRun(BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * RunBytes)..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[((i * RunBytes) + 4)..]));
            frames += runs[i].Count > 0 ? runs[i].Count : throw new MalformedMessageException("a run of no frames");
        }

        return frames == frameCount ? runs : throw new MalformedMessageException("runs of another number of frames");
    }
}
