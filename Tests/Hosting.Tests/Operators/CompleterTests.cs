using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class CompleterTests
{
    [Theory]
    [InlineData("", "exit help sharding shop")]
    [InlineData("sh", "sharding shop")]
    [InlineData("help s", "sharding shop")]
    [InlineData("help sharding t", "tail")]
    [InlineData("sharding ", "list move tail")]
    [InlineData("sharding move branch-1 ", "--wait --watch -o n1 n2")]
    [InlineData("sharding move branch-1 --wait 5 n", "n1 n2")]
    [InlineData("sharding list --", "--all --node --watch")]
    [InlineData("sharding list --node ", "n1 n2")]
    [InlineData("sharding list --all --n", "--node")]
    [InlineData("sharding tail ", "--count -o")]
    [InlineData("sharding tail --count 5 ", "-o")]
    [InlineData("sharding list -o ", "json text")]
    [InlineData("nonsense ", "")]
    public void Complete_AfterThat_OffersThose(string before, string words) =>
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), Completer.Complete(Samples.Palettes, before).Words);

    [Fact]
    public void Common_OfSeveral_IsWhatAllBeginWith() => Assert.Equal("sh", Completer.Common(["sharding", "shop", "show"]));
}
