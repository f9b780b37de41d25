namespace LeitherCluster.Tests.Simulation;

/// <summary>Which seeds a test runs: one, so many from 1 on, or those between two, as environment variables say.</summary>
internal static class SeedRange
{
    /// <param name="one">a variable: the number of the only seed</param>
    /// <param name="many">another: how many seeds, or the first and the last, as in 301-2000</param>
    /// <param name="count">how many when neither is set</param>
    /// <exception cref="FormatException">A variable is set to something else.</exception>
    public static ulong[] Of(string one, string many, int count)
    {
        if (Environment.GetEnvironmentVariable(one) is { Length: > 0 } seed)
        {
            return [Number(seed)];
        }

        string[] bounds = (Environment.GetEnvironmentVariable(many) ?? $"{count}").Split('-');
        ulong first = bounds.Length == 1 ? 1 : Number(bounds[0]);
        ulong last = Number(bounds[^1]);
        return bounds.Length <= 2 && first <= last
            ? [.. Enumerable.Range(0, checked((int)(last - first + 1))).Select(number => first + (ulong)number)]
            : throw new FormatException($"{many} is a number of seeds, or the first and the last, as in 301-2000");
    }

    private static ulong Number(string text) => ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
