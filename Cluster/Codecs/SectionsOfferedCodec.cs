using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>
/// The credits from the branches of one node to those of another: version of the layout(8) | attempt(4) | incarnation(4) | beat(8) | length of the node's name(1) |
/// name | sections, to the end. The message keeps the array that the bytes came in.
/// </summary>
internal sealed class SectionsOfferedCodec(uint number) : MessageCodec<SectionsOffered>(number)
{
    private const int NameOffset = 25;

    public override void Write(SectionsOffered message, IBufferWriter<byte> output)
    {
        Span<byte> head = output.GetSpan(NameOffset + byte.MaxValue);
        BinaryPrimitives.WriteUInt64LittleEndian(head, message.Term.Layout);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], message.Term.Attempt);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], message.From.Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], message.Beat.Value);
        int nameBytes = Encoding.UTF8.GetBytes(message.From.Name, head[NameOffset..]);
        head[NameOffset - 1] = checked((byte)nameBytes);
        output.Advance(NameOffset + nameBytes);
        output.Write(message.Sections.Span);
    }

    public override SectionsOffered Read(MessageBody body)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes.Length < NameOffset || bytes.Length < NameOffset + bytes[NameOffset - 1])
        {
            throw new MalformedMessageException("sections without their head");
        }

        int end = NameOffset + bytes[NameOffset - 1];
        string name = Encoding.UTF8.GetString(bytes[NameOffset..end]);
        if (!ClusterName.IsValid(name))
        {
            throw new MalformedMessageException("no node");
        }

        return new SectionsOffered(
            new Term(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])),
            new BeatNumber(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])),
            new NodeId(name, BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..])),
            body.TakeOver().Memory[end..]);
    }
}
