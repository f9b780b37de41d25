using LeitherCluster.Hosting.Commands;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Hosting.Support;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Hosting.Databases;

/// <summary>Nodes that start with what no other node would talk to them with.</summary>
[Collection(ServerCollection.Name)]
public sealed class NodeOfAClusterTests(PostgresServer server) : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _database = server.NewJournal().Database;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Node_ItsCertificateIsOver_IsRefusedWithWhatToDo()
    {
        (await CommandRun.OfAsync("org", "create", "--data", _folder["n1"], "--token", "SHOP", "--plain")).Ok();
        Issue("n1", new ClockOff(TimeSpan.FromDays(-2)), TimeSpan.FromDays(1));

        CommandRun refused = await StartAsync("n1");

        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Contains("Expired", refused.Error, StringComparison.Ordinal);
        Assert.Contains("leither ca issue", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0L, server.Ask<long>("SELECT count(*) FROM leither.members", _database));
    }

    private Task<CommandRun> StartAsync(string node) => CommandRun.OfAsync(
        "node", "--data", _folder[node], "--name", node, "--cluster", "shops", "--database", server.AddressText(_database), "--listen", "127.0.0.1:0", "--operators", "none", "--url", "http://127.0.0.1:0");

    private void Issue(string node, IClock when, TimeSpan validity)
    {
        string certificates = Path.Combine(_folder[node], "certificates");
        Assert.Equal(
            AuthorityOutcome.Success,
            ClusterAuthority.TryCreate(_folder["authority"], "shops", ClusterAuthority.DefaultValidity, when, LocalChance.Instance, out ClusterAuthority? authority));
        using (authority)
        {
            Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryRequest(certificates, "shops", node, out string? request));
            Assert.Equal(AuthorityOutcome.Success, authority!.TryIssue(request!, node, validity, when, LocalChance.Instance, out IssuedCertificate? issued));
            Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryAccept(certificates, issued!.Pem, authority.CertificatePem, authority.Fingerprint));
        }
    }

    private sealed class ClockOff(TimeSpan offset) : IClock
    {
        public long UtcNowMs => LocalClock.Instance.UtcNowMs + (long)offset.TotalMilliseconds;

        public long MonotonicTicks => LocalClock.Instance.MonotonicTicks;
    }
}
