namespace LeitherCluster.Remoting.Certificates;

/// <summary>What became of something asked of an authority or of a node's own credentials.</summary>
public enum AuthorityOutcome
{
    Success = 0,

    /// <summary>The folder holds some already, which are never written over.</summary>
    AlreadyThere = 1,

    /// <summary>The folder holds none.</summary>
    NotThere = 2,

    /// <summary>Its files are unreadable, or do not belong together.</summary>
    Corrupt = 3,

    /// <summary>No cluster or node can have that name; see <see cref="ClusterName"/>.</summary>
    InvalidName = 4,

    /// <summary>It is no signing request, or its own signature is wrong.</summary>
    MalformedRequest = 5,

    /// <summary>The request's key is not on the curve P-256.</summary>
    UnfitKey = 6,

    /// <summary>The request is for another cluster.</summary>
    WrongCluster = 7,

    /// <summary>The request is for another node than the one named.</summary>
    NameMismatch = 8,

    /// <summary>The authority's own certificate is over.</summary>
    AuthorityExpired = 9,

    /// <summary>The authority's certificate has another fingerprint than the one known: it is not the authority that was meant.</summary>
    WrongFingerprint = 10,

    /// <summary>The certificate is for another key, or was not issued by the authority that came with it.</summary>
    WrongCertificate = 11,

    /// <summary>The authority's own certificate begins in the future, by this machine's clock: that is off, or was.</summary>
    AuthorityNotYetValid = 12,

    /// <summary>The request is for a node where an operator's is asked for, or the other way round.</summary>
    KindMismatch = 13,
}
