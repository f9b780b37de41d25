using System.Diagnostics;
using System.Text.RegularExpressions;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

/// <summary>The program as its users run it: exit codes, messages, Ctrl-C, and the README's commands.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private const string ShellFunction = "leither_load() {";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("leither-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("run no-such-thing", "There is no scenario 'no-such-thing'")]
    [InlineData("run uniform --cycle 1ms", "--cycle must be a time of at least 50ms")]
    [InlineData("run uniform --target nowhere:x", "write host:port")]
    [InlineData("run uniform --target 127.0.0.1:7700 --devnet 3", "name one")]
    [InlineData("run mixed --devnet 99", "--devnet must be from 1 to 9")]
    [InlineData("run uniform --rate 0", "--rate must be a number")]
    [InlineData("run mixed --generators 0", "--generators must be from 1 to 64")]
    [InlineData("run uniform --parties 1", "--parties must be at least 2")]
    [InlineData("run failover --target 127.0.0.1:7700", "use --devnet 3")]
    [InlineData("simulate --bands 99", "--bands must be bits")]
    [InlineData("simulate --nodes 0", "--nodes must be from 1")]
    public async Task Program_BadInput_EndsWithTwoAndOneLineOfWhatIsValid(string arguments, string expected)
    {
        (int exitCode, string output) = await RunAsync($"leither_load {arguments}");
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PostgresMissing_IsAMessage()
    {
        (int exitCode, string output) = await RunAsync($"LEITHER_POSTGRES_BIN='{_folder}' leither_load run uniform --journal postgres");
        Assert.Equal(2, exitCode);
        Assert.Contains("LEITHER_POSTGRES_BIN", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingListensAtTheTarget_EndsWithThree()
    {
        (int exitCode, string output) = await RunAsync("leither_load run uniform --target 127.0.0.1:1");
        Assert.Equal(3, exitCode);
        Assert.Contains("No node answers", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_WritesItsReportAndSaysSo()
    {
        using Process run = Start("exec_load run uniform --parties 2000 --rate 1000 --during 10m --cycle 100ms --reports . --session stopped");
        Task<string> output = run.StandardOutput.ReadToEndAsync();
        while (await run.StandardError.ReadLineAsync().WaitAsync(s_patience) is { } line && !line.Contains("committed/s", StringComparison.Ordinal))
        {
            // The load has not begun.
        }

        Task<string> error = run.StandardError.ReadToEndAsync();
        using (Process kill = Process.Start("kill", ["-s", "INT", run.Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }

        await run.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(130, run.ExitCode);
        RunReport report = RunJson.Read(Path.Combine(_folder, "stopped", "report.json"));
        Assert.StartsWith("it was interrupted", report.Stopped, StringComparison.Ordinal);
        Assert.True(report.Audit!.Holds, await output + await error);
    }

    [Fact]
    public async Task Run_SeveralGenerators_AreOneRunThatAuditsClean()
    {
        (int exitCode, string output) = await RunAsync("leither_load run mixed --node --generators 3 --parties 600 --rate 600 --during 4s --cycle 200ms --reports . --session three");
        Assert.True(exitCode is 0 or 1, output);
        RunReport report = RunJson.Read(Path.Combine(_folder, "three", "report.json"));
        Assert.Null(report.Stopped);
        Assert.True(report.Audit!.Holds, output);
        Assert.Equal(report.Counts.Scheduled, report.Counts.Answered);
        Assert.Equal(2_400, report.Counts.Scheduled);
        Assert.Equal(report.Counts.Answered, report.Counts.Outcomes["Committed"]);
        Assert.NotEmpty(report.Pulses);
    }

    [Fact]
    public async Task Run_OneGeneratorIsKilled_FailsAndSaysWhichAndWhen()
    {
        using Process run = Start("exec_load run bundles --generators 2 --parties 600 --rate 600 --during 10m --cycle 200ms --reports . --session killed");
        Task<string> output = run.StandardOutput.ReadToEndAsync();
        while (await run.StandardError.ReadLineAsync().WaitAsync(s_patience) is { } line && !line.Contains("committed/s", StringComparison.Ordinal))
        {
            // The load has not begun.
        }

        Task<string> error = run.StandardError.ReadToEndAsync();
        int generator = Children(run.Id).First(child => File.ReadAllText($"/proc/{child}/cmdline").EndsWith("\0generate\0", StringComparison.Ordinal));
        Process.GetProcessById(generator).Kill();
        await run.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(run.ExitCode == 1, await output + await error);
        RunReport report = RunJson.Read(Path.Combine(_folder, "killed", "report.json"));
        Assert.Matches("^generator [12] of 2 ended with exit code 137; the last answers came in the first [0-9]+ s; given up, [0-9.]+ s after the load began$", report.Stopped!);
        Assert.False(report.Passed);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Bench_ToldToEndInTheMiddle_LeavesNoServerAndNoFolder(string signal, int expected)
    {
        // The server runs as another user when this is root, who must get in.
        string temporary = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())).FullName;
        try
        {
            using Process bench = Start($"TMPDIR='{temporary}' exec_load peers --peer-parties 1000 --peer-seconds 600");
            Task<string> output = bench.StandardOutput.ReadToEndAsync();
            while (await bench.StandardError.ReadLineAsync().WaitAsync(s_patience) is { } line && !line.EndsWith("a transaction each", StringComparison.Ordinal))
            {
                // The server is not there yet.
            }

            string lockFile = Directory.GetFiles(temporary, "postmaster.pid", SearchOption.AllDirectories).Single();
            using var server = Process.GetProcessById(int.Parse(File.ReadLines(lockFile).First(), System.Globalization.CultureInfo.InvariantCulture));
            Task<string> error = bench.StandardError.ReadToEndAsync();
            using (Process kill = Process.Start("kill", ["-s", signal, bench.Id.ToString()]))
            {
                await kill.WaitForExitAsync();
            }

            await bench.WaitForExitAsync().WaitAsync(s_patience);
            Assert.True(bench.ExitCode == expected, $"{bench.ExitCode} {await output} {await error}");
            await server.WaitForExitAsync().WaitAsync(s_patience);
            Assert.Empty(Directory.GetDirectories(temporary));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    [Fact]
    public async Task Readme_LoadTests_DoWhatTheySay()
    {
        string block = Block().Match(await File.ReadAllTextAsync(ReadmePath())).Groups["code"].Value;
        string[] lines = [.. block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith(ShellFunction, StringComparison.Ordinal))];
        Assert.True(lines.Length >= 4, block);
        foreach (string line in lines)
        {
            (int exitCode, string output) = await RunAsync(line);

            // On a busy machine a run may miss its thresholds; its audit must hold.
            bool isRun = line.StartsWith("leither_load run", StringComparison.Ordinal);
            Assert.True(exitCode == 0 || (isRun && exitCode == 1), $"{line}\nended with {exitCode}:\n{output}");
        }

        string[] reports = Directory.GetFiles(_folder, "report.json", SearchOption.AllDirectories);
        Assert.Equal(lines.Count(line => line.StartsWith("leither_load run", StringComparison.Ordinal)), reports.Length);
        Assert.All(reports, report => Assert.True(RunJson.Read(report) is { Stopped: null, Audit.Holds: true }, report));
    }

    [Fact]
    public async Task Readme_ScenarioFile_IsOne()
    {
        string json = JsonBlock().Match(await File.ReadAllTextAsync(ReadmePath())).Groups["code"].Value;
        Scenario scenario = ScenarioFile.Read("payday.json", System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal("payday", scenario.Name);
        Assert.Equal(3, scenario.Load.Count);
    }

    [GeneratedRegex("```json\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex JsonBlock();

    [GeneratedRegex("```bash\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Block();

    private static string ReadmePath()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LeitherCluster.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "README.md");
    }

    private static IEnumerable<int> Children(int process) => Directory.EnumerateDirectories($"/proc/{process}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(child => int.Parse(child, System.Globalization.CultureInfo.InvariantCulture));

    // The program as it was built beside the tests, in a folder of its own.
    private Process Start(string line)
    {
        string program = $"dotnet exec '{Path.Combine(AppContext.BaseDirectory, "leither-load.dll")}'";
        var start = new ProcessStartInfo("bash", ["-c", $"leither_load() {{ {program} \"$@\"; }}\nexec_load() {{ exec {program} \"$@\"; }}\n{line}"])
        {
            UseShellExecute = false,
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string line)
    {
        using Process process = Start(line);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await output + await error);
    }
}
