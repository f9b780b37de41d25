namespace LeitherCluster.Hosting;

/// <summary>Which version of the program this is.</summary>
public static class ProgramVersion
{
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
