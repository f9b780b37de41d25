using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Cluster.Operators;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Operators;

/// <summary>
/// Commands about one node, asked of any: carries them out here when this is the node, and otherwise asks that node's <see cref="NodeReporter"/>.
/// </summary>
internal static class NodeQuestions
{
    /// <summary>The argument that names the node.</summary>
    public const string NodeArgument = "node";

    /// <summary>The column that says which node a row is about.</summary>
    public const string NodeColumn = "node";

    /// <summary>The fact that names the nodes that did not answer.</summary>
    public const string UnansweredFact = "unanswered";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the node that the call names, or all that are at work, and puts their tables one below the other. Ends as busy when not all answered.</summary>
    /// <exception cref="CommandFailedException">There is no such member at work.</exception>
    public static async Task<OperatorDocument> AskEachAsync(OperatorCall call, CancellationToken cancel)
    {
        NodeId[] nodes = NodesOf(call);
        IReadOnlyDictionary<string, string> arguments = call.Given.Where(given => given.Key != NodeArgument).ToDictionary();
        NodeAnswer[] answers = await Task.WhenAll(nodes.Select(node => AskAsync(call, node, call.Command, arguments, cancel))).ConfigureAwait(false);
        OperatorDocument? first = answers.FirstOrDefault(answer => answer.Document is not null)?.Document;
        if (first is null)
        {
            throw new CommandFailedException(ExitCode.Busy, string.Join("; ", answers.Select(answer => $"{answer.Node.Name}: {answer.Problem}")) + ".");
        }

        var all = new OperatorDocument([NodeColumn, .. first.Columns]);
        if (nodes.Length == 1)
        {
            foreach ((string name, JsonNode? value) in first.Facts)
            {
                all.Facts[name] = value?.DeepClone();
            }
        }

        foreach (NodeAnswer answer in answers)
        {
            if (answer.Document is { } document)
            {
                Append(all, answer.Node, document);
            }
            else
            {
                all.Facts[UnansweredFact] = $"{(all.Facts[UnansweredFact] is { } before ? $"{before}; " : "")}{answer.Node.Name}: {answer.Problem}";
                all.ExitCode = (int)ExitCode.Busy;
            }
        }

        return all;
    }

    /// <summary>Asks one node, whatever comes of it.</summary>
    /// <param name="call">on whose behalf</param>
    /// <param name="node">this one or another</param>
    /// <param name="command">of the same palette</param>
    /// <param name="arguments">what it is given, without the node</param>
    /// <param name="cancel">ends the wait</param>
    public static async Task<NodeAnswer> AskAsync(OperatorCall call, NodeId node, string command, IReadOnlyDictionary<string, string> arguments, CancellationToken cancel)
    {
        try
        {
            if (node == call.Services.Member.Self)
            {
                return new NodeAnswer(node, await AnswerAsync(call.Services, call.Palette, command, arguments, call.Operator, cancel).ConfigureAwait(false), "");
            }

            string text = JsonSerializer.Serialize(new JsonObject(arguments.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))), OperatorJson.Default.JsonObject);
            NodeReply reply = await call.Services.Member.Reporter(node).Ask<NodeReply>(new NodeQuestion(call.Palette, command, text, call.Operator), s_patience).WaitAsync(cancel).ConfigureAwait(false);
            OperatorDocument? document = reply.Document.Length == 0 ? null : JsonSerializer.Deserialize(reply.Document, OperatorJson.Default.OperatorDocument);
            return new NodeAnswer(node, document, document is null ? reply.Text : "");
        }
        catch (Exception failure) when (failure is CommandFailedException or JsonException)
        {
            return new NodeAnswer(node, null, failure.Message.TrimEnd('.'));
        }
        catch (Exception failure) when (failure is TimeoutException or AskFailedException)
        {
            return new NodeAnswer(node, null, "no answer");
        }
    }

    /// <summary>Answers about this node.</summary>
    /// <exception cref="CommandFailedException">There is no such command here, it is none about one node, or it refuses.</exception>
    public static async Task<OperatorDocument> AnswerAsync(
        OperatorServices services, string palette, string name, IReadOnlyDictionary<string, string> arguments, string @operator, CancellationToken cancel)
    {
        if (PaletteCatalog.Find(palette, name) is not { OfNode: { } answer } command)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"has no command '{palette} {name}'");
        }

        return command.ProblemOf(arguments) is { } problem
            ? throw new CommandFailedException(ExitCode.BadInput, problem)
            : await answer(new OperatorCall(palette, command, arguments, @operator, services), cancel).ConfigureAwait(false);
    }

    /// <summary>The members at work; or the one that the call names.</summary>
    /// <exception cref="CommandFailedException">There is none of that name.</exception>
    public static NodeId[] NodesOf(OperatorCall call)
    {
        IEnumerable<NodeId> all = call.Services.Member.Table.Members
            .Where(member => member.State is MemberState.Joining or MemberState.Up or MemberState.Leaving)
            .Select(member => member.Id)
            .OrderBy(node => node.Name, StringComparer.Ordinal);
        string? name = call.Text(NodeArgument);
        NodeId[] nodes = [.. all.Where(node => name is null || node.Name == name)];
        return nodes.Length > 0 ? nodes : throw new CommandFailedException(ExitCode.NotFound, $"No node {name} is at work; there are {string.Join(", ", all.Select(node => node.Name))}.");
    }

    // Nodes of two versions may have different columns: those of the first one that answers are shown.
    private static void Append(OperatorDocument all, NodeId node, OperatorDocument document)
    {
        int[] places = [.. all.Columns.Skip(1).Select(column => document.Columns.ToList().IndexOf(column))];
        foreach (JsonArray row in document.Rows)
        {
            all.Add([node.Name, .. places.Select(place => place < 0 ? null : row[place]?.DeepClone())]);
        }
    }
}
