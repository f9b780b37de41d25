using System.Diagnostics;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>The program under test, as it was built with these tests.</summary>
internal static class LeitherProgram
{
    private const string Solution = "LeitherCluster.sln";

    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(60);
    private static readonly string Assembly = Find();

    /// <summary>How to start it: in no environment but the machine's, so that nobody's settings get in.</summary>
    public static ProcessStartInfo StartInfo(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Assembly);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("LEITHER_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(StartInfo(arguments), CommandLimit);

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was killed.</exception>
    public static async Task<CommandResult> RunAsync(ProcessStartInfo start, TimeSpan limit)
    {
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var stop = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"'{string.Join(' ', start.ArgumentList.Skip(1))}' did not end in {limit.TotalSeconds} s. {await error}", late);
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    // Tests/Cluster/bin/CONFIGURATION/FRAMEWORK is where these tests lie; the program has the same two names.
    private static string Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        DirectoryInfo? root = own;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, Solution)))
        {
            root = root.Parent;
        }

        string found = Path.Combine(root?.FullName ?? "", "Hosting", "bin", own.Parent!.Name, own.Name, "leither.dll");
        return File.Exists(found) ? found : throw new FileNotFoundException("The program has not been built.", found);
    }
}
