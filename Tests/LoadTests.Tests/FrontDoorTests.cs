using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.FrontDoor;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class FrontDoorTests : IDisposable
{
    private static readonly Scenario s_short = new()
    {
        Name = "short",
        Parties = 500,
        Batch = 50,
        BundleItems = 10,
        Cycle = TimeSpan.FromMilliseconds(200),
        WarmUp = TimeSpan.FromMilliseconds(500),
        Steps = new StepWeights(4, 3, 2, 1),
        Load = [new LoadSimulation.Inject(500, TimeSpan.FromSeconds(3))],
        Thresholds = [new(Metric.Failed, IsUpperBound: true, 0)],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("leither-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_AllKindsOfSteps_BalancesAndReceiptsHold()
    {
        using var target = new OwnNodeTarget(_folder, s_short.Cycle, s_short.Seed);
        RunReport report = await new FrontDoorRun(s_short, target, _folder, new RunProgress(TextWriter.Null)).RunAsync("test", "leither-load run short", default);

        Assert.Null(report.Stopped);
        Assert.Equal(1_500, report.Counts.Outcomes["Committed"]);
        Assert.Equal(1_500, report.Counts.Answered);
        Assert.True(report.Audit!.Checks.Count >= 7);
        Assert.All(report.Audit.Checks, check => Assert.True(check.Holds, $"{check.What}: {check.Found}"));
        Assert.NotEmpty(report.Pulses);
        Assert.Single(Directory.GetFiles(_folder, "short-*.load"));
    }

    [Fact]
    public async Task Run_NothingListens_IsSaidBeforeAnythingIsPrepared()
    {
        using var target = new AddressTarget("127.0.0.1:1", organizationKey: null);
        var run = new FrontDoorRun(s_short, target, _folder, new RunProgress(TextWriter.Null));
        LeitherCluster.Client.LedgerClientException failure = await Assert.ThrowsAsync<LeitherCluster.Client.LedgerClientException>(() => run.RunAsync("test", "", default));
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:7700;x")]
    [InlineData("ftp://127.0.0.1:7700")]
    [InlineData("127.0.0.1:7700,,")]
    public void Target_NoAddress_IsRefusedWithWhatIsValid(string addresses)
    {
        ScenarioException refused = Assert.Throws<ScenarioException>(() => new AddressTarget(addresses, organizationKey: null));
        Assert.Contains("write host:port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepared_MadeAndOpenedAgain_IsTheSame()
    {
        using PreparedLoad made = Make("parameters");
        using PreparedLoad opened = PreparedLoad.Open(made.Path, "parameters");
        Assert.Equal(200, opened.Count);
        Assert.Equal(new Timestamp(77), opened.Expiry);
        for (int number = 0; number < opened.Count; number++)
        {
            PreparedBatch expected = Batch(number);
            Assert.Equal(expected.Kind, opened[number].Kind);
            Assert.True(expected.Frames.Span.SequenceEqual(opened[number].Frames.Span));
            Assert.True(expected.Then.Span.SequenceEqual(opened[number].Then.Span));
        }
    }

    [Fact]
    public void Prepared_OtherParameters_IsRefusedByName()
    {
        using PreparedLoad made = Make("parameters");
        ScenarioException refused = Assert.Throws<ScenarioException>(() => PreparedLoad.Open(made.Path, "others"));
        Assert.Contains(made.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("other parameters", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepared_AnyByteDamaged_IsRefusedByName()
    {
        string path;
        using (PreparedLoad made = Make("parameters"))
        {
            path = made.Path;
        }

        byte[] whole = File.ReadAllBytes(path);
        foreach (int at in Enumerable.Range(0, whole.Length).Where(at => at % 97 == 0 || at < 80))
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x40;
            File.WriteAllBytes(path, damaged);
            ScenarioException refused = Assert.Throws<ScenarioException>(() => PreparedLoad.Open(path, "parameters"));
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, whole[..(whole.Length - 1)]);
        Assert.Throws<ScenarioException>(() => PreparedLoad.Open(path, "parameters"));
        File.WriteAllBytes(path, whole[..10]);
        Assert.Throws<ScenarioException>(() => PreparedLoad.Open(path, "parameters"));
    }

    private static PreparedBatch Batch(int number)
    {
        byte[] bytes = new byte[(number % 7 * 40) + 8];
        new Random(number).NextBytes(bytes);
        return new PreparedBatch((StepKind)(number % 3), bytes, number % 3 == 2 ? bytes.AsMemory(4) : default);
    }

    private PreparedLoad Make(string parameters) =>
        PreparedLoad.Make(Path.Combine(_folder, PreparedLoad.NameOf("test", parameters)), parameters, new Timestamp(77), 200, Batch, _ => { }, default);
}
