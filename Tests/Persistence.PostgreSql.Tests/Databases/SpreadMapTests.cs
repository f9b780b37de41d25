using LeitherCluster.Actors;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Databases;

public sealed class SpreadMapTests
{

    [Theory]
    [InlineData("postgres://a/l postgres://b/l", "2 databases, branches by turns", "0 1 0 1 0 1 0 1")]
    [InlineData(" postgres://a/l\n postgres://b/l postgres://c/l ", "3 databases, branches by turns", "0 1 2 0 1 2 0 1")]
    [InlineData("postgres://a/l postgres://b/l#branches=5-6,2", "2 databases, branches 2 in 2, 5-6 in 2", "0 0 1 0 0 1 1 0")]
    [InlineData("postgres://a/l postgres://b/l#branches=2,0-1 postgres://b/m#branches=3,5-4294967295", "3 databases, branches 0-2 in 2, 3 in 3, 5-4294967295 in 3", "1 1 1 2 0 2 2 2")]
    public void Parse_SeveralAddresses_MapsBranchesAndLeavesTheRestInTheFirst(string text, string map, string parts)
    {
        var databases = JournalDatabases.Parse(text);
        Assert.Equal(map, databases.Map!.Text);
        Assert.Equal(parts, string.Join(' ', Enumerable.Range(0, 8).Select(branch => databases.Map.PartOf(LedgerStreams.Branch(default(LedgerId), (uint)branch)))));
        Assert.Equal(0, databases.Map.PartOf(LedgerStreams.Root(default(LedgerId))));
        Assert.Equal(0, databases.Map.PartOf(LedgerStreams.Acceptances(default(LedgerId))));
        Assert.Equal(map, JournalDatabases.Parse(databases.ToString()).Map!.Text);
    }

    [Fact]
    public void Parse_OneAddress_IsNotSpread()
    {
        var databases = JournalDatabases.Parse("postgres://me:sesame@a/l");
        Assert.Null(databases.Map);
        Assert.Equal("postgres://me@a/l", databases.ToString());
    }

    [Theory]
    [InlineData("", "begins with postgres://")]
    [InlineData("postgres://a/l b", "begins with postgres://")]
    [InlineData("postgres://a/l#branches=0-3", "name none")]
    [InlineData("postgres://a/l postgres://a/l", "twice")]
    [InlineData("postgres://a/l#branches=0 postgres://b/l#branches=1", "name none for it")]
    [InlineData("postgres://a/l postgres://b/l#branches=1 postgres://c/l", "database 3 names no branches")]
    [InlineData("postgres://a/l postgres://b/l#branches=1-4,4", "branch 4 is named twice")]
    [InlineData("postgres://a/l postgres://b/l#branches=0-3 postgres://c/l#branches=2-5", "branch 2 is named twice")]
    [InlineData("postgres://a/l postgres://b/l#branches=4-1", "ranges like")]
    [InlineData("postgres://a/l postgres://b/l#branches=", "ranges like")]
    [InlineData("postgres://a/l postgres://b/l#branches=1-2-3", "ranges like")]
    public void Parse_WhatIsNoMap_SaysWhy(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => JournalDatabases.Parse(text)).Message, StringComparison.Ordinal);
}
