using System.Diagnostics;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// All paths that this processor has, each in a process of its own, as the runtime settles its instruction sets once at
/// the start. Where a path is missing, the child must report the best one below it and still pass every check.
/// </summary>
public sealed class Blake3PathTests
{
    private static readonly string[] s_settings = ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"];
    private static readonly string[] s_avx512Flags = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
    private static readonly string[] s_avx2Flags = ["avx2", "bmi1", "bmi2", "fma", "abm", "movbe"];

    [Theory]
    [InlineData(null, Blake3Path.Avx512)]
    [InlineData("DOTNET_EnableAVX512", Blake3Path.Avx2)]
    [InlineData("DOTNET_EnableAVX2", Blake3Path.Scalar)]
    [InlineData("DOTNET_EnableHWIntrinsic", Blake3Path.Scalar)]
    public async Task Path_WithInstructionsSwitchedOff_IsTheBestLeftAndPassesEveryCheck(string? switchedOff, Blake3Path bestAllowed)
    {
        Blake3Path expected = (Blake3Path)Math.Min((int)bestAllowed, (int)BestOfProcessor());
        int compared = PathProbe.RunAll();

        (int exitCode, string output) = await RunProbe(switchedOff);

        Assert.True(exitCode == 0, output);
        Assert.Equal(PathProbe.Report(expected, compared), output.Trim());
    }

    private static async Task<(int ExitCode, string Output)> RunProbe(string? switchedOff)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } path && IsDotnet(path) ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(PathProbe).Assembly.Location, PathProbe.Command },
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

    private static bool IsDotnet(string path)
        => string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.Ordinal);

    private static Blake3Path BestOfProcessor()
    {
        string flagLine = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        HashSet<string> flags = [.. flagLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        bool avx2 = flags.IsSupersetOf(s_avx2Flags);
        return avx2 && flags.IsSupersetOf(s_avx512Flags) ? Blake3Path.Avx512
            : avx2 ? Blake3Path.Avx2
            : Blake3Path.Scalar;
    }
}
