using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting.Certificates;

public sealed class PeerCheckTests : IDisposable
{
    private const long HourMs = 3_600_000;
    private readonly TestAuthority _authority = new("seed");

    private static long Now => LocalClock.Instance.UtcNowMs;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Certificate_OfTheCluster_IsAccepted()
    {
        NodeIdentity node = _authority.Identity("node-1");

        Assert.Equal(CertificateRefusal.None, Check(node, node.Certificate, "node-1", Now, out string? name));
        Assert.Equal("node-1", name);
        Assert.Equal(CertificateRefusal.None, Check(node, node.Certificate, null, Now, out _));
    }

    [Fact]
    public void Certificate_NotThere_IsMissing()
        => Assert.Equal(CertificateRefusal.Missing, Check(_authority.Identity("node-1"), null, null, Now, out _));

    [Fact]
    public void Certificate_OfAnotherClustersAuthority_IsOfTheWrongCluster()
    {
        using TestAuthority other = new("other");

        Assert.Equal(CertificateRefusal.WrongCluster, Check(_authority.Identity("node-1"), other.Identity("node-1").Certificate, null, Now, out _));
    }

    [Fact]
    public void Certificate_OfAnotherAuthorityOfTheSameName_IsForeign()
    {
        using TestAuthority twin = new("seed");

        Assert.Equal(CertificateRefusal.ForeignAuthority, Check(_authority.Identity("node-1"), twin.Identity("node-1").Certificate, null, Now, out _));
    }

    [Fact]
    public void Certificate_SignedByItself_IsForeign()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 self = new CertificateRequest("O=seed, CN=node-1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(CertificateRefusal.ForeignAuthority, Check(_authority.Identity("node-1"), self, null, Now, out _));
    }

    [Fact]
    public void Certificate_SignedByANodesKey_IsForeign()
    {
        NodeIdentity node = _authority.Identity("node-1");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("O=seed, CN=node-2", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.Create(
            node.Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(node.Certificate.GetECDsaPrivateKey()!),
            DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow.AddDays(1),
            [1]);

        Assert.Equal(CertificateRefusal.ForeignAuthority, Check(node, made, null, Now, out _));
    }

    [Fact]
    public void Certificate_OfTheAuthorityItself_IsMalformed()
    {
        NodeIdentity node = _authority.Identity("node-1");

        Assert.Equal(CertificateRefusal.Malformed, Check(node, node.Authority, null, Now, out _));
    }

    [Theory]
    [InlineData("CN=node-1")]
    [InlineData("O=seed, CN=node-1, C=DE")]
    [InlineData("O=seed, CN=node 1")]
    [InlineData("O=seed, CN=a, CN=b")]
    public void Certificate_WithAnotherSubject_IsMalformed(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 self = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(CertificateRefusal.Malformed, Check(_authority.Identity("node-1"), self, null, Now, out _));
    }

    [Fact]
    public void Certificate_BeforeItsTimeAndAfterIt_IsRefusedByName()
    {
        NodeIdentity node = _authority.Identity("node-1", TimeSpan.FromHours(2));

        Assert.Equal(CertificateRefusal.NotYetValid, Check(node, node.Certificate, null, Now - HourMs, out _));
        Assert.Equal(CertificateRefusal.None, Check(node, node.Certificate, null, Now + HourMs, out _));
        Assert.Equal(CertificateRefusal.Expired, Check(node, node.Certificate, null, Now + (3 * HourMs), out _));
    }

    [Fact]
    public void Certificate_OfAnotherNode_IsANameMismatch()
    {
        NodeIdentity node = _authority.Identity("node-1");

        Assert.Equal(CertificateRefusal.NameMismatch, Check(node, node.Certificate, "node-2", Now, out _));
    }

    private static CertificateRefusal Check(NodeIdentity checker, X509Certificate2? shown, string? expected, long utcMs, out string? name)
        => PeerCheck.Check(shown, checker.Authority, "seed", expected, utcMs, out name);
}
