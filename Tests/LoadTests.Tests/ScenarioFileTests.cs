using System.Text;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class ScenarioFileTests
{
    private const string Load = "\"load\": [ { \"inject\": { \"rate\": 1000, \"during\": \"10s\" } } ]";

    [Fact]
    public void Read_EverySimulationAndField_IsWhatWasWritten()
    {
        Scenario scenario = Read("""
            { // comments may stand here
              "name": "payday", "description": "wages", "receivers": "zipf", "skew": 1.2, "parties": 5000, "batch": 100, "cycle": "250ms",
              "journal": "postgres", "warmUp": "3s", "reportEvery": "2s", "seed": 9,
              "load": [
                { "rampingInject": { "rate": 100, "during": "5s" } },
                { "inject": { "rate": 100.5, "during": "1m" } },
                { "injectRandom": { "minRate": 10, "maxRate": 20, "during": "1h" } },
                { "pause": { "during": "1500ms" } },
                { "iterationsForInject": { "rate": 50, "iterations": 5000 } },
                { "rampingConstant": { "copies": 7, "during": "5s" } },
                { "keepConstant": { "copies": 7, "during": "5s" } },
              ],
              "thresholds": [ "p99 <= 2000 ms", { "check": "committed >= 90", "abort": true } ]
            }
            """);
        Assert.Equal(("payday", "wages", ReceiverPattern.Zipf, 1.2, 5_000, 100), (scenario.Name, scenario.Description, scenario.Receivers, scenario.Skew, scenario.Parties, scenario.Batch));
        Assert.Equal((JournalKind.Postgres, 9), (scenario.Journal, scenario.Seed));
        Assert.Equal([250, 3_000, 2_000], new[] { scenario.Cycle, scenario.WarmUp, scenario.ReportEvery }.Select(time => time.TotalMilliseconds));
        Assert.Equal(
            [
                new LoadSimulation.RampingInject(100, TimeSpan.FromSeconds(5)),
                new LoadSimulation.Inject(100.5, TimeSpan.FromMinutes(1)),
                new LoadSimulation.InjectRandom(10, 20, TimeSpan.FromHours(1)),
                new LoadSimulation.Pause(TimeSpan.FromMilliseconds(1_500)),
                new LoadSimulation.IterationsForInject(50, 5_000),
                new LoadSimulation.RampingConstant(7, TimeSpan.FromSeconds(5)),
                new LoadSimulation.KeepConstant(7, TimeSpan.FromSeconds(5)),
            ],
            scenario.Load);
        Assert.Equal([new ThresholdRule(Metric.P99, true, 2_000), new ThresholdRule(Metric.Committed, false, 90, true)], scenario.Thresholds);
    }

    [Theory]
    [InlineData("{", "line 1", "not JSON")]
    [InlineData("[]", "one JSON object")]
    [InlineData("{}", "load: must have at least one simulation")]
    [InlineData("{ \"lod\": [] }", "lod: there is no such field; there are name, description")]
    [InlineData("{ \"plugins\": [ \"weather\" ] }", "plugins[0]: there is no plugin \"weather\"; there are disk, network")]
    [InlineData("{ \"pulsesKept\": 0 }", "pulsesKept: must be a number from 1 to 86400, not 0")]
    [InlineData("{ \"load\": {} }", "load: must be a list")]
    [InlineData("{ \"load\": [ { \"injekt\": {} } ] }", "load[0].injekt: there is no such simulation; there are inject,")]
    [InlineData("{ \"load\": [ { \"inject\": { \"rate\": -5, \"during\": \"1s\" } } ] }", "load[0].inject.rate: must be a number from 0.001", "not -5")]
    [InlineData("{ \"load\": [ { \"inject\": { \"during\": \"1s\" } } ] }", "load[0].inject.rate: is missing")]
    [InlineData("{ \"load\": [ { \"inject\": { \"rate\": 5, \"during\": 10 } } ] }", "load[0].inject.during: must be a time", "not 10")]
    [InlineData("{ \"load\": [ { \"inject\": { \"rate\": 5, \"during\": \"10 parsecs\" } } ] }", "load[0].inject.during: must be a time")]
    [InlineData("{ \"load\": [ { \"injectRandom\": { \"minRate\": 5, \"maxRate\": 4, \"during\": \"1s\" } } ] }", "minRate must not be above maxRate")]
    [InlineData("{ \"load\": [ { \"keepConstant\": { \"copies\": 1.5, \"during\": \"1s\" } } ] }", "copies: must be a whole number")]
    [InlineData("{ \"receivers\": \"friends\", " + Load + " }", "receivers: must be one of uniform, zipf, hot-account, local, cross-branch, not 'friends'")]
    [InlineData("{ \"thresholds\": [ \"p42 <= 1 ms\" ], " + Load + " }", "thresholds[0]: there is no 'p42' to be compared; there are committed,")]
    [InlineData("{ \"thresholds\": [ \"p99 < 1 ms\" ], " + Load + " }", "thresholds[0]: 'p99 < 1 ms' is no threshold")]
    [InlineData("{ \"thresholds\": [ \"p99 <= soon\" ], " + Load + " }", "thresholds[0]: 'soon' is no bound for p99: a number and ms is")]
    [InlineData("{ \"parties\": 1, " + Load + " }", "parties: must be a number from 2 to")]
    public void Read_WhatMakesNoSense_IsRefusedWithItsPlaceAndWhatWouldBeValid(string json, params string[] expected)
    {
        ScenarioException refused = Assert.Throws<ScenarioException>(() => Read(json));
        Assert.StartsWith("payday.json", refused.Message, StringComparison.Ordinal);
        Assert.All(expected, text => Assert.Contains(text, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SeveralProblems_NamesThemAll()
    {
        string message = Assert.Throws<ScenarioException>(() => Read("{ \"parties\": 0, \"batch\": 0, " + Load + " }")).Message;
        Assert.Contains("parties:", message, StringComparison.Ordinal);
        Assert.Contains("batch:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Steps_AreWeights()
    {
        Scenario scenario = Read("{ \"steps\": { \"pay\": 6, \"hold\": 1 }, \"bundleItems\": 50, \"killNodeAfter\": \"5s\", " + Load + " }");
        Assert.Equal(new StepWeights(6, 0, 1, 0), scenario.Steps);
        Assert.Equal(50, scenario.BundleItems);
        Assert.Equal(TimeSpan.FromSeconds(5), scenario.KillAfter);
        Assert.True(scenario.NeedsFrontDoor);
        Assert.False(Read("{ " + Load + " }").NeedsFrontDoor);
    }

    [Theory]
    [InlineData("\"steps\": { \"pay\": 0 }", "at least one of pay")]
    [InlineData("\"steps\": { \"pray\": 1 }", "steps.pray: there is no such field")]
    [InlineData("\"steps\": 5", "must be an object of weights")]
    [InlineData("\"bundleItems\": 1025", "bundleItems: must be a number from 1 to 1024")]
    public void Read_StepsThatMakeNoSense_AreRefusedWithTheirPlace(string field, string expected) =>
        Assert.Contains(expected, Assert.Throws<ScenarioException>(() => Read("{ " + field + ", " + Load + " }")).Message, StringComparison.Ordinal);

    [Fact]
    public void Scaled_RateAndLength_StayInProportion()
    {
        Scenario spike = BuiltInScenarios.Find("spike")!;
        Scenario scaled = spike.WithRate(1_000).WithLength(TimeSpan.FromSeconds(4));
        Assert.Equal(["inject 100/s for 1s", "inject 1,000/s for 1s", "inject 100/s for 2s"], scaled.Load.Select(simulation => simulation.ToString()));
        Assert.Equal(1_000, scaled.HighestRate);
    }

    [Fact]
    public void Read_FileThatIsNotThere_IsRefused() => Assert.Throws<ScenarioException>(() => ScenarioFile.Read("there-is-none.json"));

    [Theory]
    [InlineData("p99.99 <= 2.5 ms")]
    [InlineData("committed >= 100000")]
    [InlineData("failed <= 0.1 %")]
    [InlineData("seal-to-root p99 <= 600 ms")]
    public void Threshold_Written_ReadsBack(string text)
    {
        Assert.True(ThresholdRule.TryParse(text, aborts: false, out ThresholdRule? rule, out _));
        Assert.Equal(text, rule.ToString());
    }

    private static Scenario Read(string json) => ScenarioFile.Read("payday.json", Encoding.UTF8.GetBytes(json));
}
