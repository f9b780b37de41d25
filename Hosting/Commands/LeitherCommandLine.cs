using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using System.Text.Json;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The <c>leither</c> program's command line: finds the command, runs it, and turns how it ended into an exit code and one line.</summary>
public static class LeitherCommandLine
{
    /// <summary>How long a command may take to stop after Ctrl-C before the process ends without it.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(70);

    private static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "How results are written: text for people, json for programs.",
        HelpName = "json|text",
        Recursive = true,
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    /// <summary>Runs one command line.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandConsole console, CancellationToken cancel = default)
    {
        RootCommand root = Build(console);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            string command = CommandPath(parsed);
            string problem = string.Join("; ", parsed.Errors.Select(error => error.Message.TrimEnd('.')));
            return Fail(console, FormatOf(arguments), ExitCode.BadInput, $"{problem}. See: {command} --help");
        }

        // A terminal that is closed is a way to stop, too.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using PosixSignalRegistration closed = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopTimeout,
            },
            stopping.Token).ConfigureAwait(false);
    }

    internal static RootCommand Build(CommandConsole console)
    {
        var root = new RootCommand("LeitherCluster: an organization's ledger, its pulses, and what its users do with it.");
        root.Add(Output);
        foreach (Command command in CommandCatalog.All())
        {
            root.Add(command);
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        SetActions(root, console);
        return root;
    }

    private static void SetActions(Command parent, CommandConsole console)
    {
        foreach (Command command in parent.Subcommands)
        {
            if (command is LeitherCommand leitherCommand)
            {
                command.SetAction((parsed, cancel) => ExecuteAsync(leitherCommand, parsed, console, cancel));
            }

            SetActions(command, console);
        }
    }

    private static async Task<int> ExecuteAsync(LeitherCommand command, ParseResult parsed, CommandConsole console, CancellationToken cancel)
    {
        OutputFormat format = parsed.GetValue(Output);
        try
        {
            return (int)await command.RunAsync(new CommandCall(parsed, console, format), cancel).ConfigureAwait(false);
        }
        catch (CommandFailedException failure)
        {
            return Fail(console, format, failure.ExitCode, failure.Message);
        }
        catch (LedgerClientException failure)
        {
            return Fail(console, format, ClientFailures.ExitCodeOf(failure), ClientFailures.Explain(failure));
        }
        catch (LedgerUnavailableException unavailable)
        {
            return Fail(console, format, ExitCode.Busy, unavailable.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Fail(console, format, ExitCode.Interrupted, "Stopped before it was done.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail(console, format, ExitCode.BadInput, exception.Message);
        }
#pragma warning disable CA1031 // The one place where a bug is turned into an exit code instead of a stack trace.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            string detail = console.Environment("LEITHER_TRACE") is "1" ? bug.ToString() : $"{bug.GetType().Name}: {bug.Message}";
            return Fail(console, format, ExitCode.Bug, $"A bug in leither. {detail}");
        }
    }

    private static int Fail(CommandConsole console, OutputFormat format, ExitCode exitCode, string text)
    {
        string message = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        console.Error.WriteLine(format == OutputFormat.Json
            ? JsonSerializer.Serialize(new CommandFailure(message, (int)exitCode), CommandJson.Default.CommandFailure)
            : $"leither: {message}");
        console.Error.Flush();
        return (int)exitCode;
    }

    // A command line that does not parse still shows whether its caller is a program.
    private static OutputFormat FormatOf(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            bool isOutput = arguments[i] is "-o" or "--output" && i + 1 < arguments.Count;
            string value = isOutput ? arguments[i + 1] : arguments[i].StartsWith("--output=", StringComparison.Ordinal) ? arguments[i][9..] : "";
            if (value.Equals("json", StringComparison.OrdinalIgnoreCase))
            {
                return OutputFormat.Json;
            }
        }

        return OutputFormat.Text;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command)
            {
                names.Insert(0, command.Command.Name);
            }
        }

        return string.Join(' ', names.Prepend("leither"));
    }
}
