using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Clusters;

/// <summary>Certificates that end soon are warned of, with the command that renews them, until they have been renewed.</summary>
public sealed class CertificateExpiryTests : IDisposable
{
    private const string Warning = "warning: the certificate of";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("node n1", "n1", "leither ca issue n1")]
    [InlineData("operator alice", "--operator alice", "leither ca issue --operator alice")]
    public async Task Certificate_ThatEndsSoon_IsShownAndWarnedOfUntilItIsRenewed(string whose, string issue, string advice)
    {
        string authority = _folder["authority"];
        string[] words = issue.Split(' ');
        (await CommandRun.OfAsync("ca", "init", "shops", "--authority", authority)).Ok();
        (await CommandRun.OfAsync(["ca", "issue", .. words, "--authority", authority, "--to", _folder["own"], "--days", "20"])).Ok();

        CommandRun shown = (await CommandRun.OfAsync("ca", "show", "--authority", authority)).Ok();
        (await CommandRun.OfAsync(["ca", "issue", .. words, "--authority", authority, "--to", _folder["own"]])).Ok();
        CommandRun renewed = (await CommandRun.OfAsync("ca", "show", "--authority", authority)).Ok();

        string ends = DateTimeOffset.UtcNow.AddDays(20).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"{Warning} {whose} ends {ends}", shown.Error, StringComparison.Ordinal);
        Assert.Contains(advice, shown.Error, StringComparison.Ordinal);
        Assert.Contains($"issued       {whose}, serial ", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Warning, renewed.Error, StringComparison.Ordinal);
    }
}
