using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Hosting.Operators.Logs;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>What nodes write to their logs, looked at from anywhere.</summary>
internal static class LogPalette
{
    private const int ShownMax = 500;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static Palette Palette { get; } = new(
        "log",
        "What nodes write to their logs.",
        OperatorCommand.ShowsOfNodes(
            "show",
            $"Show the newest lines; a node keeps its last {LogRing.LineCountMax.ToString(CultureInfo.InvariantCulture)}.",
            "log show --node n1 --last 50",
            ShowAsync,
            OperatorArgument.Number("last", "how many of a node", 20, ShownMax),
            OperatorArgument.Number("after", "only lines with a higher number", 0, long.MaxValue),
            Level),
        OperatorCommand.Follows("tail", "Follow the lines of all nodes, or of one.", "log tail --level warning", TailAsync, OperatorArgument.OptionalNode("only that node"), Level));

    private static OperatorArgument Level => OperatorArgument.Optional("level", "the lowest level: information, warning, error", "information") with { Choices = _ => ["information", "warning", "error"] };

    private static Task<OperatorDocument> ShowAsync(OperatorCall call, CancellationToken cancel)
    {
        var document = new OperatorDocument("number", "time", "level", "source", "text");
        foreach (LogRecord line in call.Services.Log.After(call.Number("after"), LevelOf(call), (int)call.Number("last")))
        {
            document.Add(line.Number, line.At.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), NameOf(line.Level), line.Source, line.Text);
        }

        return Task.FromResult(document);
    }

    private static async IAsyncEnumerable<OperatorLine> TailAsync(OperatorCall call, [EnumeratorCancellation] CancellationToken cancel)
    {
        _ = LevelOf(call);
        Dictionary<NodeId, long> seen = [];
        HashSet<NodeId> silent = [];
        using var looks = new PeriodicTimer(s_look, call.Services.Clock);
        do
        {
            NodeAnswer[] answers = await Task.WhenAll(NodesOf(call).Select(node => NodeQuestions.AskAsync(call, node, "show", ArgumentsFor(call, seen.GetValueOrDefault(node)), cancel))).ConfigureAwait(false);
            foreach (NodeAnswer answer in answers.Where(answer => answer.Document is null && silent.Add(answer.Node)))
            {
                yield return new OperatorLine($"{answer.Node.Name} does not show its log: {answer.Problem}", new JsonObject { ["node"] = answer.Node.Name, ["problem"] = answer.Problem });
            }

            foreach ((NodeId node, JsonArray row) in answers
                .Where(answer => answer.Document is not null)
                .SelectMany(answer => answer.Document!.Rows.Select(row => (answer.Node, row)))
                .OrderBy(each => each.row[1]!.GetValue<string>(), StringComparer.Ordinal))
            {
                silent.Remove(node);
                seen[node] = row[0]!.GetValue<long>();
                yield return LineOf(node, row);
            }
        }
        while (await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    // A member that goes is no reason to end; one that comes is looked at, too.
    private static NodeId[] NodesOf(OperatorCall call)
    {
        try
        {
            return NodeQuestions.NodesOf(call);
        }
        catch (Commands.CommandFailedException)
        {
            return [];
        }
    }

    private static Dictionary<string, string> ArgumentsFor(OperatorCall call, long after) => new(StringComparer.Ordinal)
    {
        ["after"] = after.ToString(CultureInfo.InvariantCulture),
        ["level"] = call.Required("level"),
        ["last"] = after == 0 ? "5" : ShownMax.ToString(CultureInfo.InvariantCulture),
    };

    private static OperatorLine LineOf(NodeId node, JsonArray row)
    {
        string[] texts = [.. row.Skip(1).Select(cell => cell!.GetValue<string>())];
        return new OperatorLine(
            $"{texts[0]} {node.Name} {texts[1]} {texts[2]}: {texts[3]}",
            new JsonObject { ["node"] = node.Name, ["number"] = row[0]!.DeepClone(), ["time"] = texts[0], ["level"] = texts[1], ["source"] = texts[2], ["text"] = texts[3] });
    }

    private static LogLevel LevelOf(OperatorCall call) => call.Required("level") switch
    {
        "information" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        string other => throw new Commands.CommandFailedException(Commands.ExitCode.BadInput, $"level is information, warning or error, not '{other}'."),
    };

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Warning => "warning",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "information",
    };
}
