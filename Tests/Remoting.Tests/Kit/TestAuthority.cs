using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>An authority in a folder of its own, and the nodes that it made credentials for.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<NodeIdentity> _identities = [];
    private int _folders;

    public TestAuthority(string cluster, IClock? clock = null, TimeSpan? validity = null)
    {
        Clock = clock ?? LocalClock.Instance;
        Assert.Equal(
            AuthorityOutcome.Success,
            ClusterAuthority.TryCreate(_folder["ca"], cluster, validity ?? ClusterAuthority.DefaultValidity, Clock, LocalChance.Instance, out ClusterAuthority? authority));
        Authority = authority!;
    }

    public IClock Clock { get; }

    public ClusterAuthority Authority { get; }

    public string Folder => _folder["ca"];

    /// <summary>Credentials for a node, issued when this clock says.</summary>
    public NodeIdentity Identity(string node, TimeSpan? validity = null, IClock? clock = null)
    {
        string folder = _folder[$"node-{_folders++}"];
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryRequest(folder, Authority.Cluster, node, out string? request));
        Assert.Equal(
            AuthorityOutcome.Success,
            Authority.TryIssue(request!, node, validity ?? ClusterAuthority.DefaultNodeValidity, clock ?? Clock, LocalChance.Instance, out IssuedCertificate? issued));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryAccept(folder, issued!.Pem, Authority.CertificatePem, Authority.Fingerprint));
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryOpen(folder, out NodeIdentity? identity));
        _identities.Add(identity!);
        return identity!;
    }

    public void Dispose()
    {
        foreach (NodeIdentity identity in _identities)
        {
            identity.Dispose();
        }

        Authority.Dispose();
        _folder.Dispose();
    }
}
