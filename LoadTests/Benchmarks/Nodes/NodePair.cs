using System.Net;
using LeitherCluster.Remoting;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>Two nodes of a cluster in this process, which talk over loopback with TLS.</summary>
internal sealed class NodePair : IDisposable
{
    private readonly List<IAsyncDisposable> _open = [];

    public NodePair(string folder)
    {
        const string Cluster = "bench";
        Require(ClusterAuthority.TryCreate(Path.Combine(folder, "ca"), Cluster, ClusterAuthority.DefaultValidity, LocalClock.Instance, LocalChance.Instance, out ClusterAuthority? authority));
        using (authority)
        {
            (FirstIdentity, First, FirstSystem) = Start(folder, authority!, "first");
            (SecondIdentity, Second, SecondSystem) = Start(folder, authority!, "second");
        }

        First.Know(Second.Node, Second.Address);
        Second.Know(First.Node, First.Address);
    }

    public NodeIdentity FirstIdentity { get; }

    public NodeIdentity SecondIdentity { get; }

    public ClusterRemoting First { get; }

    public ClusterRemoting Second { get; }

    public LocalActorSystem FirstSystem { get; }

    public LocalActorSystem SecondSystem { get; }

    /// <summary>The first node's reference to an actor of the second.</summary>
    public IActorRef RefToSecond(IActorRef actor) => First.Ref(Second.Node, actor.Path);

    public void Dispose()
    {
        foreach (IAsyncDisposable open in _open)
        {
            open.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        FirstIdentity.Dispose();
        SecondIdentity.Dispose();
    }

    private (NodeIdentity Identity, ClusterRemoting Remoting, LocalActorSystem System) Start(string folder, ClusterAuthority authority, string name)
    {
        string own = Path.Combine(folder, name);
        Require(NodeIdentity.TryRequest(own, authority.Cluster, name, out string? request));
        Require(authority.TryIssue(request!, name, ClusterAuthority.DefaultNodeValidity, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued));
        Require(NodeIdentity.TryAccept(own, issued!.Pem, authority.CertificatePem, authority.Fingerprint));
        Require(NodeIdentity.TryOpen(own, out NodeIdentity? identity));
        LocalActorSystem system = new(new LocalActorSystemOptions { Name = name });
        RemotingOptions options = new()
        {
            Node = new NodeId(name, 1),
            Cluster = authority.Cluster,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Identity = identity,
            ProgramVersion = "bench",
        };
        ClusterRemoting remoting = ClusterRemoting.StartAsync(options, system, NodeMessages.Codecs).GetAwaiter().GetResult();
        _open.Add(remoting);
        _open.Add(system);
        return (identity!, remoting, system);
    }

    private static void Require(AuthorityOutcome outcome)
    {
        if (outcome != AuthorityOutcome.Success)
        {
            throw new InvalidOperationException($"The benchmark's own authority said {outcome}.");
        }
    }
}
