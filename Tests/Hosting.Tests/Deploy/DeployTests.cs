using System.Diagnostics;
using System.Text.RegularExpressions;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Runtime;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Deploy;

/// <summary>
/// What can be checked here of the files for deployment: that the unit is one for systemd, that manifests are well-formed as far as these use YAML, and that all
/// of them say what the program has. No cluster, container engine or YAML library is at hand.
/// </summary>
public sealed partial class DeployTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("kubernetes.yaml")]
    public void Manifest_Each_IsIndentedEvenlyAndSaysNothingTwice(string file)
    {
        foreach (string document in File.ReadAllText(PathOf(file)).Split("\n---\n"))
        {
            var open = new Stack<(int Indent, HashSet<string> Keys)>();
            foreach (string line in document.Split('\n').Where(line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')))
            {
                Assert.DoesNotContain('\t', line);
                int indent = line.Length - line.TrimStart().Length;
                Assert.True(indent % 2 == 0, line);
                string text = line.TrimStart();
                while (text.StartsWith("- ", StringComparison.Ordinal))
                {
                    // An item's own keys stand two columns to the right of its dash, and begin anew with each item.
                    Close(open, indent + 1);
                    indent += 2;
                    text = text[2..];
                }

                Close(open, indent);
                if (Key().Match(text) is { Success: true } key)
                {
                    if (open.Count == 0 || open.Peek().Indent < indent)
                    {
                        open.Push((indent, []));
                    }

                    Assert.Equal(indent, open.Peek().Indent);
                    Assert.True(open.Peek().Keys.Add(key.Groups["key"].Value), $"{file}: '{line.Trim()}' stands there twice");
                }
                else
                {
                    Assert.Matches(Scalar(), text);
                }
            }
        }
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("kubernetes.yaml")]
    [InlineData("leither.service")]
    [InlineData("Containerfile")]
    public async Task File_Each_UsesFlagsAndVariablesThatThereAre(string file)
    {
        string text = string.Join('\n', File.ReadAllLines(PathOf(file)).Where(line => line.Contains("\"node\"", StringComparison.Ordinal) || line.Contains("leither node", StringComparison.Ordinal)));
        string[] flags = [.. Flag().Matches(text).Select(match => match.Value).Distinct()];
        CommandRun run = await CommandRun.OfAsync("node", "--help");

        Assert.NotEmpty(flags);
        Assert.All(flags, flag => Assert.Matches(flag + "[ ,]", run.Out));
        Assert.All(
            Variable().Matches(File.ReadAllText(PathOf(file))).Select(match => match.Value),
            name => Assert.Contains(NodeSetting.All, setting => setting.EnvironmentName == name));
    }

    [Theory]
    [InlineData("compose.yaml", @"stop_grace_period: (?<s>\d+)s")]
    [InlineData("kubernetes.yaml", @"terminationGracePeriodSeconds: (?<s>\d+)")]
    [InlineData("leither.service", @"TimeoutStopSec=(?<s>\d+)")]
    public void Grace_Each_IsLongerThanAnOrderlyStop(string file, string pattern)
    {
        double longest = ClusterMember.LeaveLimit.TotalSeconds + CoordinatedShutdown.DefaultPhases.Sum(phase => phase.Limit.TotalSeconds);
        double grace = double.Parse(Regex.Match(File.ReadAllText(PathOf(file)), pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["s"].Value, System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(grace > longest, $"{grace} s are not enough for {longest} s");
    }

    [Fact]
    public void Unit_RestartsWhatWasOvertaken_AndNotWhatNeedsAPerson()
    {
        string prevented = Regex.Match(File.ReadAllText(PathOf("leither.service")), "RestartPreventExitStatus=(?<codes>.*)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["codes"].Value;

        Assert.Equal([(int)ExitCode.BadInput, (int)ExitCode.Corrupt], prevented.Split(' ').Select(code => int.Parse(code, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Unit_Parsed_IsOneForSystemd()
    {
        // The program is not installed where the unit looks for it; any other will do for the parser.
        string unit = Path.Combine(Directory.CreateTempSubdirectory("leither-unit-").FullName, "leither.service");
        try
        {
            await File.WriteAllTextAsync(unit, File.ReadAllText(PathOf("leither.service")).Replace("/usr/local/bin/leither", "/bin/true", StringComparison.Ordinal));
            using Process? parser = TryStart("systemd-analyze", "verify", "--man=no", unit);
            if (parser is null)
            {
                // No systemd on this machine: its lines at least have the form.
                Assert.All(await File.ReadAllLinesAsync(unit), line => Assert.Matches(@"^(#.*|\[[A-Z][a-z]+\]|[A-Z][A-Za-z]+=.*|)$", line));
                return;
            }

            string said = await parser.StandardError.ReadToEndAsync();
            await parser.WaitForExitAsync().WaitAsync(s_patience);
            Assert.True(parser.ExitCode == 0 && !said.Contains("leither.service:", StringComparison.Ordinal), said);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(unit)!, recursive: true);
        }
    }

    private static void Close(Stack<(int Indent, HashSet<string> Keys)> open, int indent)
    {
        while (open.Count > 0 && open.Peek().Indent > indent)
        {
            open.Pop();
        }
    }

    private static Process? TryStart(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string PathOf(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LeitherCluster.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "deploy", file);
    }

    [GeneratedRegex(@"^(?<key>[A-Za-z0-9_.<-]+):( .*)?$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Key();

    [GeneratedRegex("""^("[^"]*"|[^\s{}\[\]"][^{}\[\]"]*)$""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Scalar();

    [GeneratedRegex("--[a-z-]+(?=[\" ]|$)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Flag();

    [GeneratedRegex("LEITHER_[A-Z_]+", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Variable();
}
