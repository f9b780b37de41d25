using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Readme;

/// <summary>The README's section "A cluster on one machine", typed as it stands there beside <c>leither devnet</c>.</summary>
public sealed partial class ClusterWalkTests(ITestOutputHelper output) : IDisposable
{
    private const string Section = "## A cluster on one machine";
    private const string Ready = "All 3 nodes take transfers.";
    private const int Nodes = 3;
    private const int HttpPort = 7700;
    private const int OperatorsPort = 7900;
    private const int OperatorsOffset = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly TestFolder _folder = new();
    private readonly int _port = FreePorts();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readme_WalkThroughACluster_DoesWhatItSays()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Started by root, the database's server runs as another user.
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        using Process devnet = Process.Start(StartInfo("leither", "devnet", "--nodes", $"{Nodes}", "--port", $"{_port}", "--node-port", $"{_port + Nodes}", "--pulse-cycle-ms", "200"))!;
        Task<string> rest;
        try
        {
            Task<string> lines = devnet.StandardOutput.ReadToEndAsync();
            while (await devnet.StandardError.ReadLineAsync().WaitAsync(s_patience) is { } line && line != Ready)
            {
                output.WriteLine(line);
            }

            rest = devnet.StandardError.ReadToEndAsync();
            string said = await TypeAsync();
            Assert.Contains("The receipt holds.", said, StringComparison.Ordinal);
            Assert.Contains("86.00 DEMO", said, StringComparison.Ordinal);
            Assert.Contains("The journal holds.", said, StringComparison.Ordinal);
        }
        finally
        {
            Signals.Send(devnet.Id, PosixSignalNumber.Interrupt);
            await devnet.WaitForExitAsync().WaitAsync(s_patience);
        }

        Assert.Equal(0, devnet.ExitCode);
        string told = await rest;
        Assert.Contains("n2 ended with exit code 137. Start it again", told, StringComparison.Ordinal);
        Assert.Contains("branches are here", told, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.In("devnet", "pg", "data", "postmaster.pid")));
    }

    /// <summary>Runs the section's commands.</summary>
    /// <returns>What they said.</returns>
    private async Task<string> TypeAsync()
    {
        var said = new StringBuilder();
        using Process typed = Process.Start(StartInfo("bash", "-xeuo", "pipefail", "-c", Script()))!;
        typed.StandardInput.Close();
        typed.OutputDataReceived += (_, line) => Take(line.Data);
        typed.ErrorDataReceived += (_, line) => Take(line.Data);
        typed.BeginOutputReadLine();
        typed.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            await typed.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            typed.Kill(entireProcessTree: true);
            throw new TimeoutException($"The walk has not ended: {Text()}", late);
        }

        output.WriteLine(Text());
        Assert.True(typed.ExitCode == 0, Text());
        return Text();

        void Take(string? line)
        {
            lock (said)
            {
                said.Append(line).Append('\n');
            }
        }

        string Text()
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>The section's commands, at the ports of this test.</summary>
    private string Script()
    {
        string text = File.ReadAllText(ReadmePath());
        string block = ShellBlock().Match(text, text.IndexOf(Section, StringComparison.Ordinal)).Groups["lines"].Value;
        string program = string.Join(' ', LeitherProgram.StartInfo().ArgumentList.Prepend(LeitherProgram.StartInfo().FileName).Select(static word => $"'{word}'"));
        string script = FunctionLine().Replace(block, _ => $"leither() {{ {program} \"$@\"; }}", 1);
        for (int node = 0; node < Nodes; node++)
        {
            script = script.Replace($":{HttpPort + node}", $":{_port + node}", StringComparison.Ordinal);
        }

        return script.Replace($":{OperatorsPort}", $":{_port + Nodes + OperatorsOffset}", StringComparison.Ordinal);
    }

    private ProcessStartInfo StartInfo(string program, params string[] arguments)
    {
        ProcessStartInfo start = LeitherProgram.StartInfo(arguments);
        if (program != "leither")
        {
            start.FileName = program;
            start.ArgumentList.RemoveAt(0);
            start.Environment["LEITHER_CONNECT"] = $"127.0.0.1:{_port + Nodes + OperatorsOffset}";
        }

        start.WorkingDirectory = _folder.Path;
        return start;
    }

    private static string ReadmePath()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "LeitherCluster.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root!.FullName, "README.md");
    }

    /// <summary>The first of enough ports in a row that nobody listens on now, for HTTP and nodes, and for operators 100 above.</summary>
    private static int FreePorts()
    {
        const int From = 21_000;
        const int Span = 8_000;
        HashSet<int> taken = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(static each => each.Port)];
        return Enumerable.Range(0, Span)
            .Select(offset => From + ((Environment.ProcessId + offset) % Span))
            .First(port => Enumerable.Range(port, 2 * Nodes).All(each => !taken.Contains(each) && !taken.Contains(each + OperatorsOffset)));
    }

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^leither\\(\\).*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FunctionLine();
}
