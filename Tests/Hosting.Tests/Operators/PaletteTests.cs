using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Tests.Hosting.Operators;

/// <summary>What every palette keeps to, whoever adds one.</summary>
public sealed class PaletteTests
{
    private static readonly PaletteText[] s_texts = [.. PaletteCatalog.All.Select(palette => palette.Describe(null))];

    public static TheoryData<string, string> Commands
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (PaletteText palette in s_texts)
            {
                foreach (CommandText command in palette.Commands)
                {
                    all.Add(palette.Name, command.Name);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Example_OfEveryCommand_IsALineThatRunsIt(string palette, string name)
    {
        OperatorCommand command = PaletteCatalog.Find(palette, name)!;

        (ParsedLine? line, string problem) = LineParser.Parse(s_texts, command.Example);

        Assert.True(line is not null, problem);
        Assert.Equal((palette, name), (line.Palette, line.Command));
        Assert.Null(command.ProblemOf(line.Arguments));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_ThatOtherNodesMayAsk_ChangesNothing(string palette, string name)
    {
        OperatorCommand command = PaletteCatalog.Find(palette, name)!;

        Assert.False(command.OfNode is not null && command.Changes);
        Assert.True(command.Document is null != command.Lines is null);
    }

    [Fact]
    public void Names_OfPalettesAndCommands_AreThereOnce()
    {
        string[] names = [.. s_texts.SelectMany(palette => palette.Commands.Select(command => $"{palette.Name} {command.Name}"))];

        Assert.Equal(names.Distinct(), names);
        Assert.Equal(["cluster", "sharding", "actor", "log", "pulse", "branch", "ledger", "journal"], s_texts.Select(palette => palette.Name).Take(8));
    }

    [Theory]
    [InlineData("last", "x", "must be a whole number")]
    [InlineData("last", "-1", "must be a whole number")]
    [InlineData("last", "1001", "must be a whole number from 0 to 1000")]
    [InlineData("nonsense", "1", "there is no argument 'nonsense'")]
    public void ProblemOf_WrongArgument_SaysWhat(string name, string value, string problem) =>
        Assert.Contains(problem, PaletteCatalog.Find("cluster", "operations")!.ProblemOf(new Dictionary<string, string> { [name] = value }), StringComparison.Ordinal);

    [Fact]
    public void ProblemOf_MissingArgument_SaysWhich() =>
        Assert.Contains("shard is missing", PaletteCatalog.Find("sharding", "move")!.ProblemOf(new Dictionary<string, string> { ["node"] = "n1" }), StringComparison.Ordinal);

    [Fact]
    public void Help_OfACommand_HasItsArgumentsAndSaysThatItIsRecorded()
    {
        using var output = new StringWriter();
        HelpText.Write(output, new PaletteList("c", "n1#1", "1", "alice", s_texts), ["sharding", "move"]);

        Assert.Contains("sharding move SHARD NODE", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("recorded with your name", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("--wait number", output.ToString(), StringComparison.Ordinal);
    }
}
