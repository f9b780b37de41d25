using System.Diagnostics;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// Runs <see cref="PathProbe"/> in a process of its own with instructions switched off, as the runtime settles its instruction sets once at the start.
/// </summary>
internal static class ProbeProcess
{
    private static readonly string[] s_settings = ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"];
    private static readonly string[] s_avx512Flags = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
    private static readonly string[] s_avx2Flags = ["avx2", "bmi1", "bmi2", "fma", "abm", "movbe"];

    /// <summary>What the probe says on both of its outputs, and its exit code.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command, string? switchedOff)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } path && IsDotnet(path) ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(PathProbe).Assembly.Location, command },
        };
        foreach (string setting in s_settings)
        {
            start.Environment.Remove(setting);
        }

        if (switchedOff != null)
        {
            start.Environment[switchedOff] = "0";
        }

        using Process probe = Process.Start(start)!;
        Task<string> output = probe.StandardOutput.ReadToEndAsync();
        Task<string> error = probe.StandardError.ReadToEndAsync();
        await probe.WaitForExitAsync();
        return (probe.ExitCode, await output + await error);
    }

    /// <summary>The best that this processor has: 0 plain, 1 AVX2 and what comes with it, 2 AVX-512.</summary>
    public static int BestOfProcessor()
    {
        string flagLine = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        HashSet<string> flags = [.. flagLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        bool avx2 = flags.IsSupersetOf(s_avx2Flags);
        return avx2 && flags.IsSupersetOf(s_avx512Flags) ? 2 : avx2 ? 1 : 0;
    }

    private static bool IsDotnet(string path)
        => string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.Ordinal);
}
