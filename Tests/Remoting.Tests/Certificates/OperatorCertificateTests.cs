using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting.Certificates;

/// <summary>Certificates of people: they open the operators' endpoint and nothing else, and a node's does not open that.</summary>
public sealed class OperatorCertificateTests : IDisposable
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private readonly TemporaryFolder _folder = new();
    private readonly ClusterAuthority _authority;

    public OperatorCertificateTests()
    {
        Assert.Equal(AuthorityOutcome.Success, ClusterAuthority.TryCreate(Path.Combine(_folder.Path, "authority"), "seed", s_day * 2, LocalClock.Instance, LocalChance.Instance, out ClusterAuthority? made));
        _authority = made!;
    }

    private static long Now => LocalClock.Instance.UtcNowMs;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Certificate_OfAnOperator_OpensTheOperatorsEndpointOnly()
    {
        using NodeIdentity alice = Issue("alice", CertificateKind.Operator);

        Assert.Equal(CertificateRefusal.None, PeerCheck.CheckOperator(alice.Certificate, alice.Authority, "seed", Now, out string? name));
        Assert.Equal("alice", name);
        Assert.Equal(CertificateRefusal.Malformed, PeerCheck.Check(alice.Certificate, alice.Authority, "seed", null, Now, out _));
        Assert.Equal(CertificateRefusal.WrongCluster, PeerCheck.CheckOperator(alice.Certificate, alice.Authority, "other", Now, out _));
        Assert.Equal(CertificateRefusal.Expired, PeerCheck.CheckOperator(alice.Certificate, alice.Authority, "seed", Now + (long)s_day.TotalMilliseconds + 1_000, out _));
    }

    [Fact]
    public void Certificate_OfANode_DoesNotOpenTheOperatorsEndpoint()
    {
        using NodeIdentity node = Issue("n1", CertificateKind.Node);

        Assert.Equal(CertificateRefusal.Malformed, PeerCheck.CheckOperator(node.Certificate, node.Authority, "seed", Now, out _));
        Assert.Equal(CertificateRefusal.Missing, PeerCheck.CheckOperator(null, node.Authority, "seed", Now, out _));
    }

    [Theory]
    [InlineData(CertificateKind.Node, CertificateKind.Operator)]
    [InlineData(CertificateKind.Operator, CertificateKind.Node)]
    public void Request_ForTheOtherKind_IsRefused(CertificateKind asked, CertificateKind given)
    {
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryRequest(_folder.Path, "seed", "x", out string? request, asked));

        Assert.Equal(AuthorityOutcome.KindMismatch, _authority.TryIssue(request!, "x", s_day, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued, given));
        Assert.Null(issued);
    }

    [Fact]
    public void Issued_OfBothKinds_SaysWhichIsWhich()
    {
        Issue("n1", CertificateKind.Node).Dispose();
        Issue("alice", CertificateKind.Operator).Dispose();

        Assert.Equal([("alice", CertificateKind.Operator), ("n1", CertificateKind.Node)], _authority.Issued().Select(each => (each.Node, each.Kind)));
    }

    private NodeIdentity Issue(string name, CertificateKind kind)
    {
        string folder = Path.Combine(_folder.Path, name);
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryRequest(folder, "seed", name, out string? request, kind));
        Assert.Equal(AuthorityOutcome.Success, _authority.TryIssue(request!, name, s_day, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued, kind));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryAccept(folder, issued!.Pem, _authority.CertificatePem, _authority.Fingerprint, kind));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryOpen(folder, out NodeIdentity? identity, kind));
        return identity!;
    }
}
