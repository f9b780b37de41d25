using System.Globalization;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>What a load looks like while it runs, as lines of text for a terminal: rates, answers, latencies, pulses, machine, and the rates and latencies so far as sparklines.</summary>
internal sealed class LiveTable
{
    private const int NameWidth = 10;
    private const int EventsMax = 3;
    private const int BarWidth = 24;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    private readonly List<double> _rates = [];
    private readonly List<double> _latencies = [];

    /// <summary>Takes a moment, and gives its lines, none longer than a width.</summary>
    public IReadOnlyList<string> Lines(RunMoment moment, int width)
    {
        RunInterval now = moment.Interval;
        _rates.Add(now.Committed);
        _latencies.Add(now.P99);
        double seconds = Math.Max(now.At, 1e-9);
        List<string> lines =
        [
            Header(moment),
            "",
            $"{"",NameWidth}{"due/s",12}{"sent/s",12}{"committed/s",13}{"late",10}",
            $"{"now",-NameWidth}{Count(now.Scheduled),12}{Count(now.Sent),12}{Count(now.Committed),13}",
            $"{"so far",-NameWidth}{Count(moment.Total.Scheduled / seconds),12}{Count(moment.Total.Sent / seconds),12}{Count(moment.Total.Committed / seconds),13}{Late(moment.Total),10}",
            "",
            Row("answers", string.Join("   ", moment.Outcomes.Where(pair => pair.Value != 0).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {Figure.Count(pair.Value)}").DefaultIfEmpty("none yet"))),
            Row("ms", $"50 % {Figure.Short(moment.Latencies.P50)}   99 % {Figure.Short(moment.Latencies.P99)}   99.9 % {Figure.Short(moment.Latencies.P999)}   longest {Figure.Short(moment.Latencies.Max)}"),
            Row("pulses", PulsesOf(moment)),
            Row("machine", $"cores {Figure.Percent(now.CoresBusy)} busy, {Figure.Percent(moment.GeneratorShare)} by the generator; {Count(now.MemoryMiB)} MiB"),
            "",
            Sparkline("rate", _rates, width, most => $"most {Count(most)}/s"),
            Sparkline("99 % ms", _latencies, width, most => $"most {Figure.Short(most)} ms"),
            .. moment.Events.TakeLast(EventsMax).Select(each => Row($"{each.At.ToString("0", CultureInfo.InvariantCulture)} s", each.What)),
        ];
        return [.. lines.Select(line => line.Length > width ? line[..Math.Max(0, width)] : line)];
    }

    private static string Header(RunMoment moment)
    {
        double part = Math.Clamp(moment.Interval.At / Math.Max(moment.Length.TotalSeconds, 1e-9), 0, 1);
        int full = (int)(part * BarWidth);
        return $"{moment.Name}   {new string('█', full)}{new string('░', BarWidth - full)}   {moment.Interval.At.ToString("0", CultureInfo.InvariantCulture)} s of {TimeText.Format(moment.Length)}";
    }

    private static string Row(string name, string text) => $"{name,-NameWidth}{text}";

    private static string Count(double number) => Figure.Count((long)number);

    private static string Late(TallyLook total) => Figure.Short(total.Scheduled == 0 ? 0 : 100.0 * total.Late / total.Scheduled) + " %";

    private static string PulsesOf(RunMoment moment) => moment.LastPulse is { } last
        ? $"{Figure.Count(moment.Pulses)}, the last of {Figure.Count(last.Transfers)} transfers, signed after {Figure.Short(last.CommittedMs)} ms"
        : "none yet";

    private static string Sparkline(string name, List<double> values, int width, Func<double, string> most)
    {
        string legend = most(values.Max());
        double[] last = [.. values.TakeLast(Math.Max(1, width - NameWidth - legend.Length - 2))];
        double highest = Math.Max(1e-9, last.Max());
        return Row(name, string.Concat(last.Select(value => Sparks[(int)Math.Round(value / highest * (Sparks.Length - 1))])) + "  " + legend);
    }
}
