using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators;

/// <summary>
/// A command for operators: its name, what it is for, an example, its arguments, and a handler that runs on the node that was asked. A failure that a person can
/// do something about is a <see cref="Commands.CommandFailedException"/>. One that changes something is recorded before and after, with who asked.
/// </summary>
internal sealed class OperatorCommand
{
    private OperatorCommand(string name, string summary, string example, OperatorArgument[] arguments)
    {
        Name = name;
        Summary = summary;
        Example = example;
        Arguments = arguments;
    }

    public string Name { get; }

    public string Summary { get; }

    /// <summary>A line that works, with the palette's name.</summary>
    public string Example { get; }

    public IReadOnlyList<OperatorArgument> Arguments { get; }

    /// <summary>Whether it changes something.</summary>
    public bool Changes { get; private init; }

    /// <summary>What answers with a document; null when <see cref="Lines"/> answers.</summary>
    public Func<OperatorCall, CancellationToken, Task<OperatorDocument>>? Document { get; private init; }

    /// <summary>What answers with lines, until it is left.</summary>
    public Func<OperatorCall, CancellationToken, IAsyncEnumerable<OperatorLine>>? Lines { get; private init; }

    /// <summary>What answers about this node alone, also to other nodes; null for commands about more than one.</summary>
    public Func<OperatorCall, CancellationToken, Task<OperatorDocument>>? OfNode { get; private init; }

    /// <summary>
    /// A command that shows something of one node, or of every one: its table gets a column that names the node, and it an argument that asks for one. The
    /// handler runs on that node, and changes nothing.
    /// </summary>
    public static OperatorCommand ShowsOfNodes(
        string name, string summary, string example, Func<OperatorCall, CancellationToken, Task<OperatorDocument>> answer, params OperatorArgument[] arguments) =>
        new(name, summary, example, [OperatorArgument.OptionalNode("only that node"), .. arguments]) { Document = NodeQuestions.AskEachAsync, OfNode = answer };

    /// <summary>A command that shows something.</summary>
    public static OperatorCommand Shows(
        string name, string summary, string example, Func<OperatorCall, CancellationToken, Task<OperatorDocument>> answer, params OperatorArgument[] arguments) =>
        new(name, summary, example, arguments) { Document = answer };

    /// <summary>A command that changes something and shows what became of it.</summary>
    public static OperatorCommand Does(
        string name, string summary, string example, Func<OperatorCall, CancellationToken, Task<OperatorDocument>> answer, params OperatorArgument[] arguments) =>
        new(name, summary, example, arguments) { Document = answer, Changes = true };

    /// <summary>A command that goes on telling until it is left.</summary>
    public static OperatorCommand Follows(
        string name, string summary, string example, Func<OperatorCall, CancellationToken, IAsyncEnumerable<OperatorLine>> lines, params OperatorArgument[] arguments) =>
        new(name, summary, example, arguments) { Lines = lines };

    /// <summary>What is wrong with what is given; null: nothing.</summary>
    public string? ProblemOf(IReadOnlyDictionary<string, string> given)
    {
        List<string> problems = [.. given.Keys.Where(name => Arguments.All(argument => argument.Name != name)).Select(name => $"there is no argument '{name}'")];
        foreach (OperatorArgument argument in Arguments)
        {
            if (given.TryGetValue(argument.Name, out string? text))
            {
                if (argument.ProblemOf(text) is { } problem)
                {
                    problems.Add(problem);
                }
            }
            else if (argument.IsRequired)
            {
                problems.Add($"{argument.Name} is missing ({argument.Summary})");
            }
        }

        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    /// <summary>As a console learns it.</summary>
    /// <param name="services">of the node that is asked; null: without what only a node knows</param>
    public CommandText Describe(OperatorServices? services) => new(Name, Summary, Example, Changes, Lines is not null, [
        .. Arguments.Select(argument => new ArgumentText(
            argument.Name,
            argument.Summary,
            argument.Kind.ToString().ToLowerInvariant(),
            argument.IsRequired,
            argument.Default,
            services is null ? null : argument.Choices?.Invoke(services)))]);
}
