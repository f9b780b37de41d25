using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Tests.Hosting.Support;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Commands;

[Collection(ServerCollection.Name)]
public sealed class DatabaseCommandTests(PostgresServer server)
{
    private const string Secret = "sesame";

    [Fact]
    public async Task Init_NoDatabase_MakesItAndAgainDoesNothing()
    {
        string address = server.AddressText("made_by_init", $"postgres:{Secret}");
        CommandRun first = (await CommandRun.OfAsync("db", "init", "--database", address, "--login", "init_node", "-o", "json")).Ok();
        Assert.True(first.Json.GetProperty("created").GetBoolean());
        Assert.Equal(Migration.All.Count, first.Json.GetProperty("applied").GetArrayLength());
        CommandRun again = (await CommandRun.OfAsync("db", "init", "--database", address, "-o", "json")).Ok();
        Assert.False(again.Json.GetProperty("created").GetBoolean());
        Assert.Equal(0, again.Json.GetProperty("applied").GetArrayLength());
        CommandRun status = (await CommandRun.OfAsync("db", "status", "--database", server.AddressText("made_by_init", "init_node"), "-o", "json")).Ok();
        Assert.Equal(Migration.All.Count, status.Json.GetProperty("schemaVersion").GetInt32());
        Assert.DoesNotContain(Secret, first.Out + first.Error + again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_FlagThenEnvironmentThenFile_IsTakenInThatOrder()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "leither.json");
        await File.WriteAllTextAsync(file, $$"""{ "database": "{{server.AddressText(server.NewDatabase())}}" }""");
        string byFile = server.AddressText(server.NewDatabase());
        await File.WriteAllTextAsync(file, $$"""{ "database": "{{byFile}}" }""");
        string byEnvironment = server.AddressText(server.NewDatabase());
        string byFlag = server.AddressText(server.NewDatabase());
        Dictionary<string, string> environment = new() { ["LEITHER_DATABASE"] = byEnvironment };
        foreach ((string expected, string[] flags, Dictionary<string, string> around) in new (string, string[], Dictionary<string, string>)[]
        {
            (byFile, ["--config", file], []),
            (byEnvironment, ["--config", file], environment),
            (byFlag, ["--config", file, "--database", byFlag], environment),
        })
        {
            CommandRun run = (await CommandRun.OfAsync(["db", "status", .. flags, "-o", "json"], around)).Ok();
            Assert.Equal(DatabaseAddress.Parse(expected).ToString(), run.Json.GetProperty("database").GetString());
        }
    }

    [Fact]
    public async Task Init_SeveralDatabases_HoldOneJournalAndSayWhichTheyAre()
    {
        using var folder = new TemporaryFolder();
        string first = server.AddressText("spread_1");
        string second = server.AddressText("spread_2");
        string file = Path.Combine(folder.Path, "leither.json");
        await File.WriteAllTextAsync(file, $$"""{ "database": ["{{first}}", "{{second}}#branches=0-3"] }""");
        CommandRun made = (await CommandRun.OfAsync("db", "init", "--config", file, "--login", "init_node", "-o", "json")).Ok();
        Assert.Equal("2 databases, branches 0-3 in 2", made.Json.GetProperty("map").GetString());
        Assert.Equal(2, made.Json.GetProperty("databases").GetArrayLength());
        (await CommandRun.OfAsync("db", "init", "--database", first, "--database", second + "#branches=0-3")).Ok();
        (await CommandRun.OfAsync("db", "migrate", "--config", file)).Ok();

        JsonElement[] found = [.. (await CommandRun.OfAsync("db", "status", "--database", $"{first} {second}", "-o", "json")).Ok().Json.GetProperty("databases").EnumerateArray()];
        Assert.Equal([0, 1], found.Select(static one => one.GetProperty("part").GetInt32()));
        Assert.Single(found.Select(static one => one.GetProperty("journalId").GetString()).Distinct());
        CommandRun other = await CommandRun.OfAsync("db", "init", "--database", first, "--database", second);
        Assert.Equal(ExitCode.Refused, other.ExitCode);
        Assert.Contains("branches by turns", other.Error, StringComparison.Ordinal);
        Assert.Contains("database 2 of 2 databases, branches 0-3 in 2", (await CommandRun.OfAsync("db", "status", "--config", file)).Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_NewerSchema_IsRefusedWithOneLine()
    {
        DatabaseAddress database = server.NewJournal();
        server.Execute($"INSERT INTO leither.migrations (version, name, digest) VALUES ({Migration.All.Count + 1}, 'later', '')", database.Database);
        CommandRun run = await CommandRun.OfAsync("db", "migrate", "--database", server.AddressText(database.Database));
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("newer than this program", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(ExitCode.Unreachable, "--database", "postgres://me:sesame@127.0.0.1:1/ledger?connect_timeout=1")]
    [InlineData(ExitCode.BadInput, "--database", "postgres://me:sesame@host")]
    [InlineData(ExitCode.BadInput, "--config", "/nowhere/leither.json")]
    [InlineData(ExitCode.BadInput)]
    public async Task Status_NoSuchDatabase_SaysSoWithoutThePassword(ExitCode expected, params string[] arguments)
    {
        CommandRun run = await CommandRun.OfAsync(["db", "status", .. arguments]);
        Assert.Equal(expected, run.ExitCode);
        Assert.DoesNotContain(Secret, run.Error, StringComparison.Ordinal);
    }
}
