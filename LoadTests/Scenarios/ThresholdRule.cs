using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>Something that must hold: <c>p99 &lt;= 2000 ms</c>, <c>committed &gt;= 100000</c>, <c>failed &lt;= 0.1 %</c>.</summary>
/// <param name="Metric">what is compared</param>
/// <param name="IsUpperBound">whether it must be at most the bound, or at least</param>
/// <param name="Bound">in the metric's unit</param>
/// <param name="Aborts">whether a run in which it no longer holds is stopped; it is then looked at from the second report on</param>
internal sealed record ThresholdRule(Metric Metric, bool IsUpperBound, double Bound, bool Aborts = false)
{
    private const string AtMost = "<=";
    private const string AtLeast = ">=";

    /// <summary>Whether a value keeps it.</summary>
    public bool Holds(double value) => IsUpperBound ? value <= Bound : value >= Bound;

    /// <summary>Reads one; otherwise says what is wrong and what would be right.</summary>
    public static bool TryParse(string text, bool aborts, [NotNullWhen(true)] out ThresholdRule? rule, out string problem)
    {
        rule = null;
        string sign = text.Contains(AtMost, StringComparison.Ordinal) ? AtMost : AtLeast;
        string[] sides = text.Split(sign, StringSplitOptions.TrimEntries);
        if (sides.Length != 2)
        {
            problem = $"'{text}' is no threshold: write it like 'p99 <= 2000 ms' or 'committed >= 100000'";
            return false;
        }

        Metric? metric = Metric.All.FirstOrDefault(known => known.Name == sides[0]);
        if (metric is null)
        {
            problem = $"there is no '{sides[0]}' to be compared; there are {string.Join(", ", Metric.All.Select(known => known.Name))}";
            return false;
        }

        string number = metric.Unit.Length != 0 && sides[1].EndsWith(metric.Unit, StringComparison.Ordinal) ? sides[1][..^metric.Unit.Length].TrimEnd() : sides[1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double bound))
        {
            problem = $"'{sides[1]}' is no bound for {metric.Name}: a number{(metric.Unit.Length == 0 ? "" : $" and {metric.Unit}")} is";
            return false;
        }

        rule = new ThresholdRule(metric, sign == AtMost, bound, aborts);
        problem = "";
        return true;
    }

    public override string ToString() =>
        $"{Metric.Name} {(IsUpperBound ? AtMost : AtLeast)} {Bound.ToString("0.###", CultureInfo.InvariantCulture)}{(Metric.Unit.Length == 0 ? "" : " " + Metric.Unit)}";
}
