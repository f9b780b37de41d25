using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Readme;

/// <summary>Runs the commands that the README tells a newcomer to type, as processes, in a folder of their own.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string RunCommand = "dotnet run -c Release --project Hosting --";
    private const string ShellFunction = "leither() {";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestFolder _folder = new();
    private readonly string _url = $"http://127.0.0.1:{FreePort()}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readme_Commands_DoWhatTheySay()
    {
        string[] first = Lines(Blocks("").Single(block => block.Contains(RunCommand, StringComparison.Ordinal)));
        string start = Assert.Single(first, line => line.StartsWith(RunCommand, StringComparison.Ordinal));
        _folder.Write("payment-orders.csv", "from,to,amount,reference\nann,bob,10.25,a\nbob,ann,0.80,b\n");

        using (Process node = Start(start))
        {
            await UntilReadyAsync(node);
            // The walk through a cluster is run by the process tests.
            foreach (string block in Blocks("sh").Where(static block => !block.Contains("devnet/", StringComparison.Ordinal)))
            {
                foreach (string line in Lines(block).Where(line => !line.StartsWith(ShellFunction, StringComparison.Ordinal)))
                {
                    (int exitCode, string output) = await RunAsync(line);
                    Assert.True(exitCode == 0, $"{line}\nended with {exitCode}:\n{output}");
                }
            }

            await StopAsync(node);
        }

        ulong before = await LastSequenceAsync();
        using (Process again = Start(start.Replace("--traffic 200", "", StringComparison.Ordinal)))
        {
            await UntilReadyAsync(again);
            Assert.Equal(before, await SequenceOfNodeAsync());
            await StopAsync(again);
        }
    }

    [GeneratedRegex("^```(?<kind>[a-z]*)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Fence { get; }

    private static IEnumerable<string> Blocks(string kind) =>
        Fence.Matches(File.ReadAllText(ReadmePath())).Where(match => match.Groups["kind"].Value == kind).Select(match => match.Groups["body"].Value);

    private static string[] Lines(string block) => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact]
    public async Task RunCommand_FromAnyFolder_WorksInThatFolder()
    {
        string project = Path.Combine(Path.GetDirectoryName(ReadmePath())!, "Hosting", "Hosting.csproj");
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-getProperty:RunWorkingDirectory"]) 
        {
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string folder = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain("Hosting", folder, StringComparison.Ordinal);
    }

    private static string ReadmePath()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LeitherCluster.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "README.md");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The program as it was built beside the tests, on a port and in a folder of its own; all else is as it stands in the README.
    private Process Start(string line)
    {
        string program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "leither.dll")}'";
        string script = line
            .Replace(RunCommand, "exec " + program, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:7700", _url, StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-c", $"leither() {{ {program} \"$@\"; }}\n{script}"])
        {
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["LEITHER_URL"] = _url;
        return Process.Start(start)!;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string line)
    {
        using Process process = Start(line);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output + await error);
    }

    private async Task UntilReadyAsync(Process node)
    {
        // What a node says is read away, or it would stand still when the pipe is full.
        node.OutputDataReceived += (_, _) => { };
        node.ErrorDataReceived += (_, _) => { };
        node.BeginOutputReadLine();
        node.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = new Uri(_url) };
        using var patience = new CancellationTokenSource(Patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await IsFundedAsync(http, patience.Token))
        {
            Assert.False(node.HasExited, "The node ended.");
            await looks.WaitForNextTickAsync(patience.Token);
        }
    }

    private static async Task<bool> IsFundedAsync(HttpClient http, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync("/v1/pulses/1", cancel);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task StopAsync(Process node)
    {
        using Process kill = Process.Start("kill", ["-s", "INT", node.Id.ToString()]);
        await kill.WaitForExitAsync();
        await node.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, node.ExitCode);
    }

    private async Task<ulong> LastSequenceAsync()
    {
        (int exitCode, string output) = await RunAsync("leither journal verify --quick -o json");
        Assert.True(exitCode == 0, output);
        return System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("sequence").GetUInt64();
    }

    private async Task<ulong> SequenceOfNodeAsync()
    {
        (int exitCode, string output) = await RunAsync("leither pulse show -o json");
        Assert.True(exitCode == 0, output);
        return System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("sequence").GetUInt64();
    }
}
