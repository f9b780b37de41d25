using System.CommandLine;
using LeitherCluster.LoadTests.Benchmarks;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Groups;

/// <summary>
/// The scenarios in this process one after the other, each on a ledger of its own, audited, with a report in a folder; their figures beside what must be reached, and
/// as ratios to each other.
/// </summary>
internal sealed class ScenariosBenchmark : IBenchmark
{
    private const string PulseMillion = "pulse-million";
    private const string Highest = "highest";
    private const string Steady = "steady";
    private const string Postgres = "postgres";
    private const string Patterns = "patterns";
    private const double MillionRequired = 0.99;
    private const double HighestRequired = 1.5;
    private const double PostgresRequired = 0.7;
    private const double BusyMax = 75;
    private const double WithinRequired = 99;
    private const double PauseMax = 20;
    private const double SealToRootMax = 600;
    private const double SealToRootShortMax = 250;

    private static readonly string[] s_parts = [PulseMillion, Highest, Steady, Postgres, Patterns];
    private static readonly TimeSpan s_cycle = TimeSpan.FromSeconds(1);

    /// <summary>Each beside the one that it is compared with, and the percentage of that one's rate that it must reach.</summary>
    private static readonly (string Name, string Of, double Required)[] s_patterns = [("hot-account", "uniform", 80), ("zipf", "uniform", 80), ("cross-branch", "local", 70)];

    private static readonly Option<string[]> s_only = CreateOnlyOption();
    private static readonly Option<int> s_accounts = new("--accounts") { Description = "How many accounts the large ledger has.", DefaultValueFactory = _ => 10_000_000 };
    private static readonly Option<int> s_parties = new("--parties") { Description = "How many accounts the ledgers have on which patterns of payment are compared.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> s_pulses = new("--pulses") { Description = "Pulses of a million that are measured.", DefaultValueFactory = _ => 60 };
    private static readonly Option<int> s_seconds = new("--seconds") { Description = "Seconds for which each of the others is measured.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> s_data = new("--data") { Description = "A folder under which ledgers are made, and removed again. The system's temporary one by default." };
    private static readonly Option<string> s_reports = new("--reports") { Description = "Under this folder each run's report is made.", DefaultValueFactory = _ => "reports" };

    public string Name => "scenarios";

    public string Purpose => "scenarios in one run: pulses of a million, highest rates, latencies at 80 % of them, patterns of payment beside each other";

    public IReadOnlyList<Option> Options => [s_only, s_accounts, s_parties, s_pulses, s_seconds, s_data, s_reports];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        var set = new ScenarioSet(arguments.GetValue(s_accounts), arguments.GetValue(s_parties), arguments.GetValue(s_pulses), arguments.GetValue(s_seconds));
        string[] only = arguments.GetValue(s_only) ?? [];
        var series = new RunSeries(arguments.GetValue(s_data), arguments.GetRequiredValue(s_reports), string.Join(' ', arguments.Tokens.Select(token => token.Value).Prepend("leither-load")));
        foreach (string part in s_parts.Where(part => only.Length == 0 || only.Contains(part)))
        {
            RunPart(part, set, series);
        }

        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = $"Scenarios in one run: {Figure.Count(set.Accounts)} accounts ({Figure.Count(set.Parties)} where patterns are compared), 256 branches, signatures checked beforehand, {Environment.ProcessorCount} cores for everything",
            Tables = [series.Rates, series.Cost],
            Thresholds = [.. series.Thresholds, new Threshold { What = "runs whose audit does not hold", Measured = series.Runs.Count(run => run.Audit is not { Holds: true }), Required = 0, IsUpperBound = true }],
            Notes =
            [
                "Closed runs send as fast as answers come: 5,000,000 transfers under way, 2,000,000 at a cycle of 250 ms, fewer where there are few accounts. Latencies count from when a transfer was due; in a closed run that is when there was room for it.",
                "Seal to root is from a pulse's beat, when branches seal, to the signed and durable root. Busy counts whatever the machine's cores did, for whomever, the generator included.",
                $"Each run has its report in a folder: {string.Join(", ", series.Runs.Select(run => run.Session))}.",
            ],
        };
    }

    private static Option<string[]> CreateOnlyOption()
    {
        var option = new Option<string[]>("--only") { Description = $"Of {string.Join(", ", s_parts)}, these; all when left out.", AllowMultipleArgumentsPerToken = true };
        option.AcceptOnlyFromAmong(s_parts);
        return option;
    }

    private static void RunPart(string part, ScenarioSet set, RunSeries series)
    {
        switch (part)
        {
            case PulseMillion:
                RunReport million = series.Run(PulseMillion, set.PulseMillion);
                series.Require("pulse-million: million/s committed", Of(million, Metric.Committed) / 1e6, MillionRequired);
                series.Require("pulse-million: both cores busy, %", Of(million, Metric.Busy), BusyMax, isUpperBound: true);
                series.Require("pulse-million: committed within two pulses, %", Of(million, Metric.Within), WithinRequired);
                break;
            case Highest:
                series.Require("highest rate, journal on files, million/s", HighestRate(set, series, s_cycle) / 1e6, HighestRequired);
                break;
            case Steady:
                RunSteady(set, series, s_cycle, SealToRootMax);
                RunSteady(set, series, ScenarioSet.ShortCycle, SealToRootShortMax);
                break;
            case Postgres:
                series.Require("highest rate, journal in PostgreSQL, million/s", Of(series.Run("highest-postgres", set.Highest(JournalKind.Postgres, s_cycle)), Metric.Committed) / 1e6, PostgresRequired);
                break;
            default:
                var rates = s_patterns.SelectMany(pattern => new[] { pattern.Of, pattern.Name }).Distinct().ToDictionary(name => name, name => Of(series.Run(name, set.Pattern(name)), Metric.Committed));
                foreach ((string name, string other, double required) in s_patterns)
                {
                    series.Require($"{name}: % of {other}'s rate", rates[other] == 0 ? 0 : 100 * rates[name] / rates[other], required);
                }

                break;
        }
    }

    private static void RunSteady(ScenarioSet set, RunSeries series, TimeSpan cycle, double sealToRootMax)
    {
        double rate = HighestRate(set, series, cycle) * ScenarioSet.SteadyPercent / 100;
        string text = TimeText.Format(cycle);
        RunReport steady = series.Run($"steady-{text}", set.Steady(Math.Max(1, rate), cycle));
        series.Require($"at {ScenarioSet.SteadyPercent} % of the highest rate, cycle {text}: seal to root, p99, ms", Of(steady, Metric.SealToRoot), sealToRootMax, isUpperBound: true);
        series.Require($"at {ScenarioSet.SteadyPercent} % of the highest rate, cycle {text}: longest pause of the collector, ms", Of(steady, Metric.Pause), PauseMax, isUpperBound: true);
    }

    private static double HighestRate(ScenarioSet set, RunSeries series, TimeSpan cycle)
    {
        string session = $"highest-{TimeText.Format(cycle)}";
        RunReport run = series.Find(session) ?? series.Run(session, set.Highest(JournalKind.Files, cycle));
        return Of(run, Metric.Committed);
    }

    private static double Of(RunReport run, Metric metric) => run.Metrics[metric.Name];
}
