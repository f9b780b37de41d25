namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>Writes a run's report in all its forms.</summary>
internal static class ReportFolder
{
    /// <summary>Writes them into a folder, which is made, and gives the paths, the page for people first.</summary>
    public static IReadOnlyList<string> Write(RunReport run, string folder)
    {
        Directory.CreateDirectory(folder);
        return
        [
            Write(folder, "report.html", output => RunHtml.Write(run, output)),
            Write(folder, "report.md", output => RunMarkdown.Write(run, output)),
            Write(folder, "report.json", output => output.WriteLine(RunJson.Write(run))),
            Write(folder, "intervals.csv", output => RunCsv.WriteIntervals(run, output)),
            Write(folder, "pulses.csv", output => RunCsv.WritePulses(run, output)),
        ];
    }

    private static string Write(string folder, string name, Action<TextWriter> write)
    {
        string path = Path.Combine(folder, name);
        using var output = new StreamWriter(path) { NewLine = "\n" };
        write(output);
        return path;
    }
}
