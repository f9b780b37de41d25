using System.CommandLine;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Hosting.Commands.Operators;

/// <summary>A command of a palette on the command line, made of what consoles are told of it.</summary>
internal sealed class OperatorCommandLine : LeitherCommand
{
    private readonly string _palette;
    private readonly Dictionary<string, Func<CommandCall, string?>> _arguments = new(StringComparer.Ordinal);
    private readonly OperatorConnection _connection;
    private readonly Option<int?> _watch = new("--watch")
    {
        Description = $"Ask again after so many seconds ({LineParser.WatchSDefault} when no number is said), until Ctrl-C.",
        HelpName = "S",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int?> _count = new("--count", "-n") { Description = "Leave after so many lines; run until Ctrl-C when left out.", HelpName = "N" };

    public OperatorCommandLine(string palette, CommandText command)
        : base(command.Name, command.Changes ? $"{command.Summary} Recorded with your name." : command.Summary, $"leither {command.Example}", $"leither {command.Example} --connect 10.0.0.1:7900 -o json")
    {
        _palette = palette;
        foreach (ArgumentText argument in command.Arguments)
        {
            Add(argument);
        }

        Add(command.Streams ? _count : _watch);

        _connection = new OperatorConnection(this);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int? watchS = call.IsGiven(_watch) ? call.Value(_watch) ?? LineParser.WatchSDefault : null;
        if (watchS is < 1 or > LineParser.WatchSMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--watch takes 1 to {LineParser.WatchSMax} seconds.");
        }

        int? countMax = call.IsGiven(_count) ? call.Value(_count) : null;
        if (countMax < 1)
        {
            throw new CommandFailedException(ExitCode.BadInput, "--count must be 1 or more.");
        }

        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Func<CommandCall, string?> read) in _arguments)
        {
            if (read(call) is { } text)
            {
                given.Add(name, text);
            }
        }

        using OperatorClient client = _connection.Open(call);
        return await new AnswerWriter(client, call.Console).RunAsync(new ParsedLine(_palette, Name, given, watchS, countMax, call.Format == OutputFormat.Json), cancel).ConfigureAwait(false);
    }

    private void Add(ArgumentText argument)
    {
        if (argument.Required)
        {
            var required = new Argument<string>(argument.Name) { Description = Sentence(argument) };
            _arguments.Add(argument.Name, call => call.Value(required));
            Add(required);
        }
        else if (argument.Kind == "flag")
        {
            var flag = new Option<bool>($"--{argument.Name}") { Description = Sentence(argument) };
            _arguments.Add(argument.Name, call => call.Value(flag) ? "true" : null);
            Add(flag);
        }
        else
        {
            var option = new Option<string?>($"--{argument.Name}") { Description = Sentence(argument), HelpName = argument.Kind == "number" ? "N" : argument.Name.ToUpperInvariant() };
            _arguments.Add(argument.Name, call => call.Value(option));
            Add(option);
        }
    }

    private static string Sentence(ArgumentText argument) =>
        $"{char.ToUpperInvariant(argument.Summary[0])}{argument.Summary[1..]}{(argument.Default is { } otherwise ? $"; {otherwise} when left out" : "")}.";
}
