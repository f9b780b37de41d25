using System.Globalization;

namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>Times as scenarios write them: a number and ms, s, m or h.</summary>
internal static class TimeText
{
    private static readonly (string Unit, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)];

    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        foreach ((string unit, double seconds) in s_units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * seconds < TimeSpan.MaxValue.TotalSeconds)
            {
                time = TimeSpan.FromSeconds(number * seconds);
                return true;
            }
        }

        return false;
    }

    /// <summary>In the largest unit that fits; in minutes and hours only when there is a whole number of them.</summary>
    public static string Format(TimeSpan time)
    {
        (string unit, double seconds) = s_units.Last(each =>
            each.Seconds <= s_units[0].Seconds || (time.TotalSeconds >= each.Seconds && (each.Seconds <= 1 || time.TotalSeconds % each.Seconds == 0)));
        return (time.TotalSeconds / seconds).ToString("0.###", CultureInfo.InvariantCulture) + unit;
    }
}
