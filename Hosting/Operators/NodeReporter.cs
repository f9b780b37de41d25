using System.Text;
using System.Text.Json;
using LeitherCluster.Cluster.Operators;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Operators;

/// <summary>
/// Answers other nodes that ask about this one on behalf of their operators. So many questions at once, and no more: whoever asks further is told so.
/// </summary>
internal sealed class NodeReporter(OperatorServices services) : Actor
{
    /// <summary>The actor's name under <c>/user</c>.</summary>
    public const string ActorName = "operators";

    private const int QuestionCountMax = 32;

    private int _open;

    protected override void Receive(object message)
    {
        switch (message)
        {
            case NodeQuestion when _open == QuestionCountMax:
                Sender.Tell(new NodeReply((int)ExitCode.Busy, "answers too many questions at once", ""), Self);
                break;
            case NodeQuestion question:
                _open++;
                Answer(question, Sender, Self);
                break;
            case Answered:
                _open--;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // What is asked may wait for a journal or a database, which is no actor's business.
    private void Answer(NodeQuestion question, IActorRef asker, IActorRef self) => _ = Task.Run(async () =>
    {
        NodeReply reply;
        try
        {
            reply = await ReplyAsync(question).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever went wrong, the asker is told.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            reply = new NodeReply((int)ExitCode.Busy, failure.Message.TrimEnd('.'), "");
        }

        asker.Tell(reply, self);
        self.Tell(Answered.Instance);
    });

    private async Task<NodeReply> ReplyAsync(NodeQuestion question)
    {
        OperatorRequest? request = JsonSerializer.Deserialize($"{{\"arguments\":{question.Arguments}}}", OperatorJson.Default.OperatorRequest);
        OperatorDocument document = await NodeQuestions.AnswerAsync(services, question.Palette, question.Command, request!.Arguments, question.Operator, CancellationToken.None).ConfigureAwait(false);
        string text = JsonSerializer.Serialize(document, OperatorJson.Default.OperatorDocument);
        return Encoding.UTF8.GetByteCount(text) <= NodeReply.DocumentBytesMax
            ? new NodeReply((int)ExitCode.Ok, "", text)
            : new NodeReply((int)ExitCode.Refused, "the answer is too long to be sent: ask for less", "");
    }

    private sealed record Answered : IControlMessage
    {
        public static readonly Answered Instance = new();
    }
}
