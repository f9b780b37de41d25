using System.Globalization;
using System.Net;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>One line of a chart.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<double> Values);

/// <summary>
/// Lines over time as an SVG drawing. Lines differ by dashes and by a name at their right end as well as by colour, so that they are told apart in print and by
/// whoever does not see colours.
/// </summary>
internal static class LineChart
{
    private const double Width = 800;
    private const double Height = 240;
    private const double Left = 70;
    private const double Right = 130;
    private const double Top = 10;
    private const double Bottom = 30;
    private const double LabelHeight = 14;
    private const double LabelRoom = 6;
    private const int Steps = 4;

    private static readonly (string Colour, string Dash)[] s_styles = [("#1f5fa8", ""), ("#b5540c", "7 3"), ("#0a6b2d", "2 3"), ("#6a2c91", "9 3 2 3")];

    /// <summary>Writes the chart as a figure; nothing when there are fewer than two points.</summary>
    public static void Write(TextWriter output, string caption, IReadOnlyList<double> at, IReadOnlyList<ChartLine> lines)
    {
        if (at.Count < 2)
        {
            return;
        }

        double highest = NiceCeiling(lines.Max(line => line.Values.Max()));
        output.WriteLine($"<figure><figcaption>{WebUtility.HtmlEncode(caption)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(caption)}\" font-size=\"11\" font-family=\"sans-serif\">");
        WriteAxes(output, at, highest);
        double[] labels = LabelPlaces(lines, highest);
        for (int i = 0; i < lines.Count; i++)
        {
            (string colour, string dash) = s_styles[i % s_styles.Length];
            string points = string.Join(' ', lines[i].Values.Select((value, index) => $"{Number(X(at, index))},{Number(Y(value, highest))}"));
            output.WriteLine($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-dasharray=\"{dash}\" points=\"{points}\"/>");
            output.WriteLine($"<text x=\"{Number(Width - Right + 6)}\" y=\"{Number(labels[i] + 4)}\" fill=\"{colour}\">{WebUtility.HtmlEncode(lines[i].Name)}</text>");
        }

        output.WriteLine("</svg></figure>");
    }

    private static void WriteAxes(TextWriter output, IReadOnlyList<double> at, double highest)
    {
        for (int step = 0; step <= Steps; step++)
        {
            double value = highest * step / Steps;
            double y = Y(value, highest);
            output.WriteLine($"<line x1=\"{Number(Left)}\" x2=\"{Number(Width - Right)}\" y1=\"{Number(y)}\" y2=\"{Number(y)}\" stroke=\"#ddd\"/>");
            output.WriteLine($"<text x=\"{Number(Left - 6)}\" y=\"{Number(y + 4)}\" text-anchor=\"end\" fill=\"#555\">{Figure.Short(value)}</text>");
            double time = at[0] + ((at[^1] - at[0]) * step / Steps);
            output.WriteLine($"<text x=\"{Number(Left + ((Width - Left - Right) * step / Steps))}\" y=\"{Number(Height - 10)}\" text-anchor=\"middle\" fill=\"#555\">{Figure.Short(time)} s</text>");
        }
    }

    // Each at its line's end, moved down as far as it would cover the one above, and up from below the axis.
    private static double[] LabelPlaces(IReadOnlyList<ChartLine> lines, double highest)
    {
        double[] places = new double[lines.Count];
        double next = Top;
        foreach (int line in Enumerable.Range(0, lines.Count).OrderBy(line => Y(lines[line].Values[^1], highest)))
        {
            places[line] = Math.Max(Y(lines[line].Values[^1], highest), next);
            next = places[line] + LabelHeight;
        }

        // What does not fit at the foot moves up.
        double lowest = Height - Bottom - LabelRoom;
        foreach (int line in Enumerable.Range(0, lines.Count).OrderByDescending(line => places[line]))
        {
            places[line] = Math.Min(places[line], lowest);
            lowest = places[line] - LabelHeight;
        }

        return places;
    }

    private static double X(IReadOnlyList<double> at, int index) => Left + ((Width - Left - Right) * (at[index] - at[0]) / Math.Max(at[^1] - at[0], 1e-9));

    private static double Y(double value, double highest) => Height - Bottom - ((Height - Top - Bottom) * value / highest);

    /// <summary>1, 2, 2.5 or 5 times a power of ten, not below the value.</summary>
    private static double NiceCeiling(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 2, 2.5, 5, 10];
        return steps.First(step => step * power >= value * 0.999999) * power;
    }

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
