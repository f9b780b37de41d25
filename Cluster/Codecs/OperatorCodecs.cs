using LeitherCluster.Cluster.Operators;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>What operators ask of a node through another one, as operator.proto has it.</summary>
internal static class OperatorCodecs
{
    public static IEnumerable<IMessageCodec> All =>
    [
        new ProtobufCodec<NodeQuestion, NodeQuestionMessage>(
            112,
            NodeQuestionMessage.Parser,
            message => new NodeQuestionMessage { Palette = message.Palette, Command = message.Command, Arguments = message.Arguments, Operator = message.Operator },
            proto => new NodeQuestion(proto.Palette, proto.Command, proto.Arguments, proto.Operator)),
        new ProtobufCodec<NodeReply, NodeReplyMessage>(
            113,
            NodeReplyMessage.Parser,
            message => new NodeReplyMessage { ExitCode = message.ExitCode, Text = message.Text, Document = message.Document },
            proto => new NodeReply(proto.ExitCode, proto.Text, proto.Document)),
    ];
}
