using System.Globalization;

namespace LeitherCluster.LoadTests.Reports;

/// <summary>Numbers as tables show them: no more digits than were measured.</summary>
internal static class Figure
{
    private const double Million = 1e6;

    /// <summary>A number with about three digits that count.</summary>
    public static string Short(double number) => Math.Abs(number) switch
    {
        >= 1000 => number.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => number.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => number.ToString("0.#", CultureInfo.InvariantCulture),
        _ => number.ToString("0.##", CultureInfo.InvariantCulture),
    };

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Millions(double number) => Short(number / Million);

    public static string Ratio(double number) => Short(number) + " x";

    public static string Percent(double part) => (100 * part).ToString("F0", CultureInfo.InvariantCulture) + " %";
}
