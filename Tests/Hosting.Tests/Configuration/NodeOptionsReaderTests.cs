using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;

namespace LeitherCluster.Tests.Hosting.Configuration;

public sealed class NodeOptionsReaderTests : IDisposable
{
    private static readonly NodeOptions Defaults = new() { DataFolder = "./data" };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"leither-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Read_NothingGiven_GivesDefaults() => Assert.Equal(Defaults, Read());

    [Fact]
    public void Read_FlagVariableAndFile_FlagWinsThenVariableThenFile()
    {
        WriteFile("""{ "data": "file", "pulseCycleMs": 200, "waitS": 40, /* comment */ "openInquiry": true, }""");

        NodeOptions options = Read(
            flags: new() { ["data"] = "flag" },
            environment: new() { ["LEITHER_DATA"] = "variable", ["LEITHER_PULSE_CYCLE_MS"] = "300" },
            file: _file);

        Assert.Equal(Defaults with { DataFolder = "flag", PulseCycleMs = 300, WaitS = 40, OpenInquiry = true }, options);
    }

    [Theory]
    [InlineData("""{ "pulseCycleMs": 20 }""", "pulseCycleMs must be a whole number from 50 to 60000, not '20'")]
    [InlineData("""{ "pulseCycle": 20 }""", "there is no setting 'pulseCycle'")]
    [InlineData("""{ "waitS": [1] }""", "waitS must be a text, a number, true or false")]
    [InlineData("""{ "waitS": 5, "waitS": 6 }""", "not JSON")]
    [InlineData("""[]""", "must hold one JSON object")]
    [InlineData("{\n\n\"waitS\": }", "line 3: not JSON")]
    [InlineData("""{ "openInquiry": "maybe" }""", "openInquiry must be true or false, not 'maybe'")]
    [InlineData("""{ "data": "" }""", "data must not be empty")]
    public void Read_WrongFile_SaysWhat(string json, string expected)
    {
        WriteFile(json);

        string message = ReadRefused(file: _file);

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(_file, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() => Assert.Contains(_file, ReadRefused(file: _file), StringComparison.Ordinal);

    [Fact]
    public void Read_SeveralProblems_NamesEachWithItsSource()
    {
        string message = ReadRefused(
            flags: new() { ["waitS"] = "soon" },
            environment: new() { ["LEITHER_REQUEST_COUNT_MAX"] = "0" });

        Assert.Contains("command line: waitS", message, StringComparison.Ordinal);
        Assert.Contains("LEITHER_REQUEST_COUNT_MAX: requestCountMax", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7700", "openInquiry would show every balance")]
    [InlineData("https://127.0.0.1:7700", "https is not served")]
    [InlineData("localhost", "url must be like")]
    [InlineData("http://127.0.0.1:7700/v1", "url must be like")]
    [InlineData("http://somebody@127.0.0.1:7700", "url must be like")]
    [InlineData("http://127.0.0.1:7700#here", "url must be like")]
    [InlineData("http://example.org:7700", "url must name an address")]
    [InlineData("http://localhost.:7700", "url must name an address")]
    [InlineData("http://localhost:0", "not on localhost")]
    [InlineData("http://[::]:7700", "openInquiry would show every balance")]
    public void Read_UrlThatCannotBeServed_SaysWhy(string url, string expected) =>
        Assert.Contains(expected, ReadRefused(flags: new() { ["url"] = url, ["openInquiry"] = "true" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://127.0.0.1:7700")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:7700/")]
    [InlineData("http://LOCALHOST:7700")]
    public void Read_UrlOnLoopback_MayShowEveryBalance(string url) =>
        Assert.Equal(url, Read(flags: new() { ["url"] = url, ["openInquiry"] = "true" }).Url);

    [Fact]
    public void Read_WaitShorterThanTwoPulses_IsRefused() =>
        Assert.Contains("must cover two pulse cycles", ReadRefused(flags: new() { ["waitS"] = "1" }), StringComparison.Ordinal);

    private static NodeOptions Read(
        Dictionary<string, string>? flags = null,
        Dictionary<string, string>? environment = null,
        string? file = null) =>
        NodeOptionsReader.Read(flags ?? [], name => environment?.GetValueOrDefault(name), file, Defaults);

    private static string ReadRefused(
        Dictionary<string, string>? flags = null,
        Dictionary<string, string>? environment = null,
        string? file = null)
    {
        var failure = Assert.Throws<CommandFailedException>(() => Read(flags, environment, file));
        Assert.Equal(ExitCode.BadInput, failure.ExitCode);
        return failure.Message;
    }

    private void WriteFile(string json) => File.WriteAllText(_file, json);
}
