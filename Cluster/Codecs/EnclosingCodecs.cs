using System.Buffers;
using Google.Protobuf;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>Messages with a message of another type inside; such a one has none inside itself.</summary>
internal static class EnclosingCodecs
{
    /// <summary>The codecs, given those for what may be inside.</summary>
    public static IEnumerable<IMessageCodec> All(MessageCodecs inside) =>
    [
        new ProtobufCodec<Question, QuestionMessage>(67, QuestionMessage.Parser, message => Write(message, inside), proto => Read(proto, inside)),
        new ProtobufCodec<QuestionAnswered, QuestionAnsweredMessage>(68, QuestionAnsweredMessage.Parser, message => Write(message, inside), proto => Read(proto, inside)),
    ];

    private static QuestionMessage Write(Question message, MessageCodecs inside)
    {
        QuestionMessage proto = new() { Number = message.Number, Body = WriteBody(message.Body, inside, out uint type), Type = type };
        if (message.Branch is { } branch)
        {
            proto.Branch = branch;
        }

        return proto;
    }

    private static Question Read(QuestionMessage proto, MessageCodecs inside) => new(proto.Number, proto.HasBranch ? proto.Branch : null, ReadBody(proto.Type, proto.Body, inside));

    private static QuestionAnsweredMessage Write(QuestionAnswered message, MessageCodecs inside) => new()
    {
        Number = message.Number,
        Node = message.From.Name,
        Incarnation = message.From.Incarnation,
        Body = WriteBody(message.Body, inside, out uint type),
        Type = type,
    };

    private static QuestionAnswered Read(QuestionAnsweredMessage proto, MessageCodecs inside)
    {
        NodeId from = Fields.Read(new Node { Name = proto.Node, Incarnation = proto.Incarnation });
        return new QuestionAnswered(proto.Number, from, ReadBody(proto.Type, proto.Body, inside));
    }

    private static ByteString WriteBody(IWireMessage body, MessageCodecs inside, out uint type)
    {
        IMessageCodec codec = inside.For(body.GetType());
        ArrayBufferWriter<byte> bytes = new();
        codec.Write(body, bytes);
        type = codec.Number;
        return UnsafeByteOperations.UnsafeWrap(bytes.WrittenMemory);
    }

    private static IWireMessage ReadBody(uint type, ByteString bytes, MessageCodecs inside)
        => inside.TryFind(type, out IMessageCodec? codec) ? (IWireMessage)codec.Read(MessageBody.Of(bytes.Span)) : throw new MalformedMessageException("a message of an unknown type inside");
}
