using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>The answers to forwarded frames: number(8) | 24 bytes each, as in the answer to a batch.</summary>
internal sealed class SlicesAnsweredCodec(uint number) : MessageCodec<SlicesAnswered>(number)
{
    private const int AnswersOffset = 8;

    public override void Write(SlicesAnswered message, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(AnswersOffset), message.Number);
        output.Advance(AnswersOffset);
        TransferAnswer[] answers = message.Answers as TransferAnswer[] ?? [.. message.Answers];
        output.Write(MemoryMarshal.AsBytes(answers.AsSpan()));
    }

    public override SlicesAnswered Read(MessageBody body)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes.Length < AnswersOffset || (bytes.Length - AnswersOffset) % TransferAnswer.SizeBytes != 0)
        {
            throw new MalformedMessageException("no whole number of answers");
        }

        TransferAnswer[] answers = MemoryMarshal.Cast<byte, TransferAnswer>(bytes[AnswersOffset..]).ToArray();
        return Array.TrueForAll(answers, static answer => Enum.IsDefined(answer.Outcome))
            ? new SlicesAnswered(BinaryPrimitives.ReadUInt64LittleEndian(bytes), answers)
            : throw new MalformedMessageException("no outcome");
    }
}
