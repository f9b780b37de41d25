using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// All paths that this processor has, each in a process of its own. Where a path is missing, the child must report the best one below it and
/// still pass every check.
/// </summary>
public sealed class Blake3PathTests
{
    [Theory]
    [InlineData(null, Blake3Path.Avx512)]
    [InlineData("DOTNET_EnableAVX512", Blake3Path.Avx2)]
    [InlineData("DOTNET_EnableAVX2", Blake3Path.Scalar)]
    [InlineData("DOTNET_EnableHWIntrinsic", Blake3Path.Scalar)]
    public async Task Path_WithInstructionsSwitchedOff_IsTheBestLeftAndPassesEveryCheck(string? switchedOff, Blake3Path bestAllowed)
    {
        Blake3Path expected = (Blake3Path)Math.Min((int)bestAllowed, ProbeProcess.BestOfProcessor());
        int compared = PathProbe.RunAll();

        (int exitCode, string output) = await ProbeProcess.RunAsync(PathProbe.Command, switchedOff);

        Assert.True(exitCode == 0, output);
        Assert.Equal(PathProbe.Report(expected, compared), output.Trim());
    }
}
