namespace LeitherCluster.Remoting.Certificates;

/// <summary>Whom a certificate of a cluster's authority is for. docs/PROTOCOL.md, section 15.</summary>
public enum CertificateKind
{
    /// <summary>A node: it may connect to others, and others to it.</summary>
    Node = 0,

    /// <summary>A person who operates the cluster: for the nodes' operator endpoints, and for nothing else.</summary>
    Operator = 1,
}
