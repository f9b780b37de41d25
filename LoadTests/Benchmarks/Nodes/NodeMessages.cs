using System.Buffers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>A message of some bytes, on the control lane.</summary>
internal sealed record SmallMessage(ReadOnlyMemory<byte> Bytes) : IWireMessage, IControlMessage;

/// <summary>A message of many bytes, on the bulk lane. Keeps the array that it came in.</summary>
internal sealed class LargeMessage(PooledBytes? owned, ReadOnlyMemory<byte> bytes) : IBulkMessage, IReleasable
{
    public ReadOnlyMemory<byte> Bytes => owned?.Memory ?? bytes;

    public void Release() => owned?.Return();
}

/// <summary>How they are written: as they are.</summary>
internal static class NodeMessages
{
    public static MessageCodecs Codecs { get; } = new([new SmallCodec(), new LargeCodec()]);

    private sealed class SmallCodec() : MessageCodec<SmallMessage>(1)
    {
        public override void Write(SmallMessage message, IBufferWriter<byte> output) => output.Write(message.Bytes.Span);

        public override SmallMessage Read(MessageBody body) => new(body.Span.ToArray());
    }

    private sealed class LargeCodec() : MessageCodec<LargeMessage>(2)
    {
        public override void Write(LargeMessage message, IBufferWriter<byte> output)
        {
            message.Bytes.Span.CopyTo(output.GetSpan(message.Bytes.Length));
            output.Advance(message.Bytes.Length);
        }

        public override LargeMessage Read(MessageBody body) => new(body.TakeOver(), default);
    }
}
