namespace LeitherCluster.Remoting.Certificates;

/// <summary>Why a node's certificate is not accepted. They are checked in the order of their numbers, and the first that applies is the answer.</summary>
public enum CertificateRefusal
{
    None = 0,

    /// <summary>The other side showed none.</summary>
    Missing = 1,

    /// <summary>It is no certificate of a node: it does not say cluster and node in the way that an authority here writes them.</summary>
    Malformed = 2,

    /// <summary>It is of another cluster, as it says itself.</summary>
    WrongCluster = 3,

    /// <summary>This cluster's authority did not sign it.</summary>
    ForeignAuthority = 4,

    /// <summary>It begins in the future: one of the two clocks is off.</summary>
    NotYetValid = 5,

    /// <summary>Its time is over.</summary>
    Expired = 6,

    /// <summary>It is another node's than the one that was meant.</summary>
    NameMismatch = 7,
}
