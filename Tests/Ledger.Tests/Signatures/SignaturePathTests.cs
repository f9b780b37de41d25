using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>As <see cref="Blake3PathTests"/>, for Ed25519.</summary>
public sealed class SignaturePathTests
{
    [Theory]
    [InlineData(null, SignaturePath.Avx512)]
    [InlineData("DOTNET_EnableAVX512", SignaturePath.Avx2)]
    [InlineData("DOTNET_EnableAVX2", SignaturePath.Scalar)]
    [InlineData("DOTNET_EnableHWIntrinsic", SignaturePath.Scalar)]
    public async Task Path_WithInstructionsSwitchedOff_IsTheBestLeftAndPassesEveryCheck(string? switchedOff, SignaturePath bestAllowed)
    {
        SignaturePath expected = (SignaturePath)Math.Min((int)bestAllowed, ProbeProcess.BestOfProcessor());
        int compared = SignatureChecks.RunAll();

        (int exitCode, string output) = await ProbeProcess.RunAsync(PathProbe.SignatureCommand, switchedOff);

        Assert.True(exitCode == 0, output);
        Assert.Equal(PathProbe.Report(expected, compared), output.Trim());
    }
}
