using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Starts;

/// <summary>The program as deploy/Containerfile has it published: one file, which needs no runtime. It is built in a folder of the test's own.</summary>
public sealed partial class PublishedProgramTests : IDisposable
{
    private static readonly TimeSpan s_publishLimit = TimeSpan.FromMinutes(15);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Program_PublishedAsTheContainerFileSays_StartsAloneAndAnswers()
    {
        string root = Root();
        string line = Publish().Match(await File.ReadAllTextAsync(Path.Combine(root, "deploy", "Containerfile"))).Groups["arguments"].Value;
        Assert.NotEmpty(line);
        string output = _folder.In("program");
        string[] asked = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var publish = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // No server that stays, which would keep the streams open; and nothing is written beside the sources.
        foreach (string argument in (string[])["publish", .. asked.Select(word => word switch { "/program" => output, "linux-x64" => RuntimeInformation.RuntimeIdentifier, _ => word }),
            "--artifacts-path", _folder.In("artifacts"), "--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            publish.ArgumentList.Add(argument);
        }

        CommandResult published = await LeitherProgram.RunAsync(publish, s_publishLimit);
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        string program = Path.Combine(output, "leither");

        // Away from all else, and without a word of where a runtime is.
        string alone = Path.Combine(Directory.CreateDirectory(_folder.In("alone")).FullName, "leither");
        File.Move(program, alone);
        CommandResult version = await LeitherProgram.RunAsync(Alone(alone, "--version"), TimeSpan.FromMinutes(1));
        Assert.Equal((await LeitherProgram.RunAsync("--version")).Output, version.Output);
        await using NodeProcess node = NodeProcess.Start(Alone(alone, "dev", "--data", _folder.In("data"), "--url", "http://127.0.0.1:0", "--pulse-cycle-ms", "50"));
        using var client = new HttpClient { BaseAddress = await node.WhenListeningAsync() };
        Assert.Equal("live\n", await client.GetStringAsync("/livez"));
        NodeStatus status = await Eventually.GetAsync(
            async () =>
            {
                using var asking = new NodeClient(client.BaseAddress);
                return await asking.StatusAsync();
            },
            seen => seen is { State: "running", LastPulse.Sequence: > 0 },
            TimeSpan.FromMinutes(1));
        Assert.Equal("running", status.State);
        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Interrupt));
    }

    private static ProcessStartInfo Alone(string program, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = LeitherProgram.StartInfo();
        start.FileName = program;
        start.ArgumentList.Clear();
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("DOTNET_ROOT");
        return start;
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LeitherCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }

    [GeneratedRegex("^RUN dotnet publish (?<arguments>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Publish();
}
