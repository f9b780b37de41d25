using System.Text.Json;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Tests.Hosting.Support;

/// <summary>How one command line ended.</summary>
internal sealed record CommandRun(ExitCode ExitCode, string Out, string Error)
{
    /// <summary>Runs a command line in this process, away from any terminal.</summary>
    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync(arguments, []);

    /// <summary>Runs a command line with an environment.</summary>
    public static async Task<CommandRun> OfAsync(string[] arguments, Dictionary<string, string> environment, CancellationToken cancel = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var console = new CommandConsole
        {
            Out = output,
            Error = error,
            IsTerminal = false,
            Environment = name => environment.GetValueOrDefault(name),
            AskSecret = _ => null,
            Clock = TimeProvider.System,
        };
        int exitCode = await LeitherCommandLine.RunAsync(arguments, console, cancel);
        return new CommandRun((ExitCode)exitCode, output.ToString(), error.ToString());
    }

    /// <summary>The result as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>The same run, which must have ended well.</summary>
    public CommandRun Ok()
    {
        Assert.True(ExitCode == ExitCode.Ok, $"{ExitCode}: {Error}{Out}");
        return this;
    }
}
