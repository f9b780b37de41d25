using System.CommandLine;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Commands;

public sealed class CommandLineTests
{
    public static TheoryData<string> AllCommands => [.. Paths(LeitherCommandLine.Build(CommandConsole.OfProcess()), "")];

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Help_OfEveryCommand_HasUsageAndExamplesOfItself(string path)
    {
        CommandRun run = await CommandRun.OfAsync([.. path.Split(' '), "--help"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("Usage:", run.Out, StringComparison.Ordinal);
        Assert.Contains("Examples:\n", run.Out, StringComparison.Ordinal);
        Assert.Contains($"leither {path}", run.Out[run.Out.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("--output", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfTheProgram_SaysEveryExitCode()
    {
        CommandRun run = await CommandRun.OfAsync("--help");

        foreach (ExitCode exitCode in Enum.GetValues<ExitCode>())
        {
            Assert.Contains($"\n  {(int)exitCode} ", run.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("key")]
    [InlineData("key new")]
    [InlineData("key new a b")]
    [InlineData("pay --amount 1")]
    [InlineData("pay --key k --to a --to-key b --amount 1")]
    [InlineData("pay --key k --amount 1")]
    [InlineData("account show --as-of minus")]
    [InlineData("status --output yaml")]
    [InlineData("pulse watch -n 0")]
    [InlineData("account accept --key k --days 0")]
    [InlineData("dev --traffic -1")]
    [InlineData("node --pulse-cycle-ms 1")]
    [InlineData("import no-such-file.csv")]
    [InlineData("import x.csv --repeat 0")]
    [InlineData("receipt verify no-such-file.json")]
    [InlineData("receipt get abc --key k --file f")]
    [InlineData("status --url nonsense")]
    [InlineData("journal verify --data /no/such/folder")]
    [InlineData("org create --data /no/such/folder --token lower")]
    public async Task Run_WrongCommandLine_EndsWithTwoAndOneLine(string line)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.StartsWith("leither: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status --nonsense -o json")]
    [InlineData("key show no-such-file.key --output=json")]
    public async Task Run_FailureWithJsonOutput_SaysItAsJson(string line)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' '));

        JsonElement error = JsonDocument.Parse(run.Error).RootElement;
        Assert.Equal(2, error.GetProperty("exitCode").GetInt32());
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("top")]
    [InlineData("org show")]
    [InlineData("pulse show")]
    [InlineData("pulse watch")]
    public async Task Run_NoNodeAtTheAddress_EndsWithThree(string line)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' '), new() { ["LEITHER_URL"] = "http://127.0.0.1:1" });

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("leither dev", run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Paths(Command parent, string prefix)
    {
        foreach (Command command in parent.Subcommands)
        {
            string path = prefix + command.Name;
            if (command is LeitherCommand)
            {
                yield return path;
            }

            foreach (string below in Paths(command, path + " "))
            {
                yield return below;
            }
        }
    }
}
