using System.Buffers;
using Google.Protobuf;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>A codec by way of a Protocol Buffers message.</summary>
/// <param name="number">stands for the type on the wire</param>
/// <param name="parser">of the Protocol Buffers message</param>
/// <param name="write">makes it from the actors' message</param>
/// <param name="read">makes the actors' message from it, or throws <see cref="MalformedMessageException"/></param>
internal sealed class ProtobufCodec<TMessage, TProto>(uint number, MessageParser<TProto> parser, Func<TMessage, TProto> write, Func<TProto, TMessage> read)
    : MessageCodec<TMessage>(number)
    where TMessage : class, IWireMessage
    where TProto : IMessage<TProto>
{
    public override void Write(TMessage message, IBufferWriter<byte> output) => write(message).WriteTo(output);

    public override TMessage Read(MessageBody body)
    {
        TProto proto;
        try
        {
            proto = parser.ParseFrom(body.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new MalformedMessageException($"no {typeof(TMessage).Name}", e);
        }

        return read(proto);
    }
}
