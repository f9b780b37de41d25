using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class LineParserTests
{
    [Fact]
    public void Parse_RequiredAndNamedArguments_GoesByTheirNames()
    {
        ParsedLine line = Parse("sharding move branch-17 --wait=5 n2 -o json");

        Assert.Equal(("sharding", "move"), (line.Palette, line.Command));
        Assert.Equal(new Dictionary<string, string> { ["shard"] = "branch-17", ["node"] = "n2", ["wait"] = "5" }, line.Arguments);
        Assert.True(line.IsJson);
        Assert.Null(line.WatchS);
    }

    [Theory]
    [InlineData("sharding list --watch", 2)]
    [InlineData("sharding list --watch 7 --all", 7)]
    [InlineData("sharding list --all", null)]
    public void Parse_Watch_TakesSecondsOrNone(string text, int? seconds) => Assert.Equal(seconds, Parse(text).WatchS);

    [Fact]
    public void Parse_CountOfAStream_IsTaken() => Assert.Equal(5, Parse("sharding tail --count 5").CountMax);

    [Fact]
    public void Parse_Flag_NeedsNoValue() => Assert.Equal("true", Parse("sharding list --all").Arguments["all"]);

    [Fact]
    public void Parse_QuotedWord_KeepsItsSpaces() => Assert.Equal("a  b", Parse("sharding move \"a  b\" \"\"").Arguments["shard"]);

    [Theory]
    [InlineData("", "say a palette")]
    [InlineData("nonsense list", "there is no palette 'nonsense'")]
    [InlineData("sharding", "sharding has move, list, tail")]
    [InlineData("sharding nonsense", "not 'nonsense'")]
    [InlineData("sharding move branch-1", "node is missing")]
    [InlineData("sharding move a b c", "'c' is one word too many")]
    [InlineData("sharding list --nonsense", "there is no '--nonsense'")]
    [InlineData("sharding move a b --wait", "--wait is followed by a value")]
    [InlineData("sharding list -o yaml", "-o is followed by json or text")]
    [InlineData("sharding tail --count 0", "--count is followed by a number")]
    [InlineData("sharding tail --count", "--count is followed by a number")]
    [InlineData("sharding list --count 5", "there is no '--count'")]
    [InlineData("sharding list --watch 0", "--watch takes 1 to")]
    [InlineData("sharding tail --watch", "there is no '--watch'")]
    [InlineData("sharding move --shard a b", "there is no '--shard'")]
    [InlineData("sharding move \"a b", "a quote is not closed")]
    public void Parse_WrongLine_SaysWhat(string text, string problem)
    {
        (ParsedLine? line, string said) = LineParser.Parse(Samples.Palettes, text);

        Assert.Null(line);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    private static ParsedLine Parse(string text)
    {
        (ParsedLine? line, string problem) = LineParser.Parse(Samples.Palettes, text);
        Assert.True(line is not null, problem);
        return line;
    }
}
