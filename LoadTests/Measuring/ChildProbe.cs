using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>
/// Measures in a child process, as the runtime settles its instruction sets once, at its start. The child is this program with a hidden command
/// that takes a core and prints its figures as JSON.
/// </summary>
internal static class ChildProbe
{
    private static readonly string[] s_settings = ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"];

    /// <summary>The settings that take away one instruction set after the other; null takes none.</summary>
    public static IReadOnlyList<string?> SwitchedOff { get; } = [null, "DOTNET_EnableAVX512", "DOTNET_EnableAVX2"];

    /// <summary>The figures of a child process in which this setting of the runtime, if any is named, is 0.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static T Run<T>(string command, string? switchedOff, int core)
        where T : class
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true };
        if (string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(typeof(ChildProbe).Assembly.Location);
        }

        start.ArgumentList.Add(command);
        start.ArgumentList.Add(core.ToString(CultureInfo.InvariantCulture));
        foreach (string setting in s_settings)
        {
            start.Environment.Remove(setting);
        }

        if (switchedOff != null)
        {
            start.Environment[switchedOff] = "0";
        }

        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 && JsonSerializer.Deserialize<T>(output) is { } figures
            ? figures
            : throw new InvalidOperationException($"The child process with {switchedOff ?? "nothing"} switched off ended with {child.ExitCode}.");
    }
}
