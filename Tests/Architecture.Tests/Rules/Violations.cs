namespace LeitherCluster.Tests.Architecture.Rules;

/// <summary>Says all that breaks a rule, not only the first.</summary>
internal static class Violations
{
    public static void None<T>(IEnumerable<T> found)
    {
        string[] lines = [.. found.Select(violation => $"{violation}").Order(StringComparer.Ordinal)];
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }
}
