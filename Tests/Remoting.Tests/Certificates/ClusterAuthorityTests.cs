using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting.Certificates;

public sealed class ClusterAuthorityTests : IDisposable
{
    private readonly TestAuthority _own = new("seed");
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _own.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Authority_Made_IsOpenedAgainWithTheSameFingerprint()
    {
        Assert.Equal(AuthorityOutcome.Success, ClusterAuthority.TryOpen(_own.Folder, out ClusterAuthority? again));
        using (again)
        {
            Assert.Equal(("seed", _own.Authority.Fingerprint, _own.Authority.NotAfterMs), (again!.Cluster, again.Fingerprint, again.NotAfterMs));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(X509Certificate2.CreateFromPem(again.CertificatePem).RawData)), again.Fingerprint);
        }
    }

    [Fact]
    public void Authority_MadeTwice_IsThereAlreadyAndUnchanged()
    {
        Assert.Equal(
            AuthorityOutcome.AlreadyThere,
            ClusterAuthority.TryCreate(_own.Folder, "other", ClusterAuthority.DefaultValidity, LocalClock.Instance, LocalChance.Instance, out _));
        Assert.Equal(AuthorityOutcome.Success, ClusterAuthority.TryOpen(_own.Folder, out ClusterAuthority? again));
        Assert.Equal("seed", again!.Cluster);
        again.Dispose();
    }

    [Fact]
    public void Authority_NotThere_IsSaid() => Assert.Equal(AuthorityOutcome.NotThere, ClusterAuthority.TryOpen(_folder["nothing"], out _));

    [Theory]
    [InlineData("ca.key")]
    [InlineData("ca.crt")]
    public void Authority_WithGarbageForAFile_IsCorrupt(string file)
    {
        File.WriteAllText(Path.Combine(_own.Folder, file), "garbage");

        Assert.Equal(AuthorityOutcome.Corrupt, ClusterAuthority.TryOpen(_own.Folder, out _));
    }

    [Fact]
    public void Authority_WithAnotherOnesKey_IsCorrupt()
    {
        using TestAuthority other = new("seed");
        File.Copy(Path.Combine(other.Folder, "ca.key"), Path.Combine(_own.Folder, "ca.key"), overwrite: true);

        Assert.Equal(AuthorityOutcome.Corrupt, ClusterAuthority.TryOpen(_own.Folder, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a/b")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void Name_NobodyCanHave_IsRefused(string name)
    {
        Assert.Equal(
            AuthorityOutcome.InvalidName,
            ClusterAuthority.TryCreate(_folder["ca"], name, ClusterAuthority.DefaultValidity, LocalClock.Instance, LocalChance.Instance, out _));
        Assert.Equal(AuthorityOutcome.InvalidName, NodeIdentity.TryRequest(_folder["node"], "seed", name, out _));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Files_WithKeys_AreForTheirOwnerOnly()
    {
        _ = NodeIdentity.TryRequest(_folder["node"], "seed", "node-1", out _);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["node/node.key"]));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_own.Folder, "ca.key")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_own.Folder));
        }
    }

    [Fact]
    public void Certificates_Issued_AreListedWithNodeSerialAndExpiry()
    {
        string request = Request("node-2");
        IssuedCertificate second = Issue(request, "node-2");
        IssuedCertificate first = Issue(Request("node-1"), null);

        Assert.Equal([first, second], _own.Authority.Issued());
        Assert.NotEqual(first.Serial, second.Serial);
        Assert.Equal(32, first.Serial.Length);
        Assert.InRange(first.NotAfterMs - LocalClock.Instance.UtcNowMs, TimeSpan.FromDays(364).TotalMilliseconds, TimeSpan.FromDays(365).TotalMilliseconds);
    }

    [Fact]
    public void Certificate_LongerThanItsAuthority_EndsWithIt()
    {
        using TestAuthority brief = new("seed", validity: TimeSpan.FromDays(1));
        NodeIdentity identity = brief.Identity("node-1");

        Assert.Equal(brief.Authority.NotAfterMs, identity.NotAfterMs);
        Assert.Equal(CertificateRefusal.None, PeerCheck.Check(identity.Certificate, identity.Authority, "seed", null, LocalClock.Instance.UtcNowMs, out _));
    }

    [Fact]
    public void Request_ToAnAuthorityThatIsOverOrHasNotBegun_IsRefused()
    {
        SetClock earlier = new(TimeSpan.FromHours(-1));
        Assert.Equal(AuthorityOutcome.AuthorityNotYetValid, _own.Authority.TryIssue(Request("node-1"), null, TimeSpan.FromDays(1), earlier, LocalChance.Instance, out _));

        SetClock later = new(ClusterAuthority.DefaultValidity + TimeSpan.FromHours(1));

        Assert.Equal(AuthorityOutcome.AuthorityExpired, _own.Authority.TryIssue(Request("node-1"), null, TimeSpan.FromDays(1), later, LocalChance.Instance, out _));
    }

    [Fact]
    public void Request_OfAnotherClusterOrNode_IsRefusedByName()
    {
        _ = NodeIdentity.TryRequest(_folder["elsewhere"], "other", "node-1", out string? foreign);

        Assert.Equal(AuthorityOutcome.WrongCluster, TryIssue(foreign!, null));
        Assert.Equal(AuthorityOutcome.NameMismatch, TryIssue(Request("node-1"), "node-2"));
    }

    [Fact]
    public void Request_WithAWeakKey_IsRefused()
    {
        using RSA rsa = RSA.Create(1024);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.Equal(AuthorityOutcome.UnfitKey, TryIssue(new CertificateRequest("O=seed, CN=n", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem(), null));
        Assert.Equal(AuthorityOutcome.UnfitKey, TryIssue(new CertificateRequest("O=seed, CN=n", other, HashAlgorithmName.SHA256).CreateSigningRequestPem(), null));
    }

    [Fact]
    public void Request_ChangedInAnyByte_IsNeverIssuedForAnotherName()
    {
        string pem = Request("node-1");
        byte[] der = PemEncoding.Find(pem) is var fields ? Convert.FromBase64String(pem[fields.Base64Data]) : [];
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= 0x01;
            AuthorityOutcome outcome = TryIssue(PemEncoding.WriteString("CERTIFICATE REQUEST", changed), null);
            Assert.True(outcome is AuthorityOutcome.MalformedRequest or AuthorityOutcome.UnfitKey, $"byte {i}: {outcome}");
        }

        Assert.Equal(AuthorityOutcome.MalformedRequest, TryIssue("no request", null));
    }

    [Fact]
    public void Identity_FromAnAuthorityThatWasNotMeant_IsNotAccepted()
    {
        using TestAuthority twin = new("seed");
        string request = Request("node-1");
        IssuedCertificate right = Issue(request, null);
        _ = twin.Authority.TryIssue(request, null, TimeSpan.FromDays(1), LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? wrong);
        string folder = _folder["node-1"];

        Assert.Equal(AuthorityOutcome.WrongFingerprint, NodeIdentity.TryAccept(folder, wrong!.Pem, twin.Authority.CertificatePem, _own.Authority.Fingerprint));
        Assert.Equal(AuthorityOutcome.WrongCertificate, NodeIdentity.TryAccept(folder, wrong.Pem, _own.Authority.CertificatePem, _own.Authority.Fingerprint));
        Assert.Equal(AuthorityOutcome.NotThere, NodeIdentity.TryOpen(folder, out _));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryAccept(folder, right.Pem, _own.Authority.CertificatePem, _own.Authority.Fingerprint));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryOpen(folder, out NodeIdentity? identity));
        using (identity)
        {
            Assert.Equal(("seed", "node-1", right.NotAfterMs), (identity!.Cluster, identity.Node, identity.NotAfterMs));
        }
    }

    [Fact]
    public void Identity_Renewed_KeepsItsKey()
    {
        IssuedCertificate old = Issue(Request("node-1"), null);
        IssuedCertificate renewed = Issue(Request("node-1"), null);

        Assert.Equal(X509Certificate2.CreateFromPem(old.Pem).GetPublicKey(), X509Certificate2.CreateFromPem(renewed.Pem).GetPublicKey());
    }

    private string Request(string node)
    {
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryRequest(_folder[node], "seed", node, out string? request));
        return request!;
    }

    private IssuedCertificate Issue(string request, string? node)
    {
        Assert.Equal(AuthorityOutcome.Success, _own.Authority.TryIssue(request, node, ClusterAuthority.DefaultNodeValidity, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued));
        return issued!;
    }

    private AuthorityOutcome TryIssue(string request, string? node)
        => _own.Authority.TryIssue(request, node, TimeSpan.FromDays(1), LocalClock.Instance, LocalChance.Instance, out _);
}
