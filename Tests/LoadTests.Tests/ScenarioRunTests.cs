using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class ScenarioRunTests
{
    private static readonly Scenario s_short = new()
    {
        Name = "short",
        Parties = 2_000,
        Batch = 100,
        Cycle = TimeSpan.FromMilliseconds(100),
        WarmUp = TimeSpan.FromSeconds(0.5),
        ReportEvery = TimeSpan.FromMilliseconds(500),
        Load = [new LoadSimulation.Inject(2_000, TimeSpan.FromSeconds(2))],
        Thresholds = [new(Metric.Failed, IsUpperBound: true, 0)],
    };

    [Fact]
    public async Task Run_ToItsEnd_IsAuditedAndReported()
    {
        RunReport report = await RunAsync(s_short with { Plugins = [PluginNames.Disk, PluginNames.Network] });
        Assert.True(report.Passed, RunJson.Write(report));
        Assert.Equal(4_000, report.Counts.Scheduled);
        Assert.Equal(4_000, report.Counts.Outcomes["Committed"]);
        Assert.True(report.Audit!.Checks.Count >= 5);
        Assert.All(report.Audit.Checks, check => Assert.True(check.Holds, check.What));
        Assert.NotEmpty(report.Pulses);
        Assert.Equal(["Disks, megabytes a second, by whomever", "Network interfaces, megabytes a second, by whomever"], report.Plugins.Select(table => table.Caption));

        string folder = Directory.CreateTempSubdirectory("leither-load-").FullName;
        try
        {
            IReadOnlyList<string> files = ReportFolder.Write(report, folder);
            Assert.Equal(report.Counts.Scheduled, RunJson.Read(files.Single(file => file.EndsWith(".json", StringComparison.Ordinal))).Counts.Scheduled);
            string page = await File.ReadAllTextAsync(files[0]);
            Assert.Contains("<svg", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http", page.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
            using var comparison = new StringWriter();
            RunComparison.Write(report, report, comparison);
            Assert.Contains("committed a second", comparison.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_ThresholdThatAborts_IsStoppedAndStillReported()
    {
        var never = new ThresholdRule(Metric.Committed, IsUpperBound: false, 1e12, Aborts: true);
        RunReport report = await RunAsync(s_short with { Load = [new LoadSimulation.Inject(2_000, TimeSpan.FromMinutes(10))], Thresholds = [never] });
        Assert.False(report.Passed);
        Assert.Contains("committed >= 1000000000000 no longer held", report.Stopped, StringComparison.Ordinal);
        Assert.True(report.Audit!.Holds);
    }

    [Fact]
    public async Task Run_JournalCompactedMeanwhile_IsAuditedFromAnswers()
    {
        RunReport report = await RunAsync(s_short with { PulsesKept = 2 });
        Assert.True(report.Passed, RunJson.Write(report));
        Assert.Contains(report.Audit!.Checks, check => check.What.Contains("from all answers", StringComparison.Ordinal) && check.Holds);
    }

    [Fact]
    public async Task Run_TooFewParties_IsRefusedBeforeItBegins()
    {
        ScenarioException refused = await Assert.ThrowsAsync<ScenarioException>(
            () => RunAsync(s_short with { Parties = 10, Load = [new LoadSimulation.KeepConstant(50, TimeSpan.FromSeconds(1))] }));
        Assert.Contains("Have more parties", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<RunReport> RunAsync(Scenario scenario)
    {
        using var run = new ScenarioRun(scenario, under: null, new RunProgress(TextWriter.Null));
        return await run.RunAsync("test", "leither-load run short", CancellationToken.None);
    }
}
