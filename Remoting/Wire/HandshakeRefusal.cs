using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Remoting.Wire;

/// <summary>Why a node does not take another's connection, or ends it. The numbers go over the wire, with a line that says what to do.</summary>
public enum HandshakeRefusal
{
    None = 0,

    /// <summary>The bytes are no greeting of a node.</summary>
    Malformed = 1,

    /// <summary>The other is of another cluster.</summary>
    WrongCluster = 2,

    /// <summary>No version of the protocol that both speak.</summary>
    WrongVersion = 3,

    /// <summary>It showed no certificate.</summary>
    CertificateMissing = 4,

    /// <summary>Its certificate is not one of a node.</summary>
    CertificateMalformed = 5,

    /// <summary>Its certificate is not of this cluster's authority.</summary>
    CertificateForeign = 6,

    /// <summary>Its certificate begins in the future.</summary>
    CertificateNotYetValid = 7,

    /// <summary>Its certificate is over.</summary>
    CertificateExpired = 8,

    /// <summary>Its certificate is of another node than it says it is.</summary>
    CertificateNameMismatch = 9,

    /// <summary>The clocks of the two are further apart than is allowed.</summary>
    ClockOff = 10,

    /// <summary>Another node, or another life of it, listens at that address than the one meant.</summary>
    NotTheNodeMeant = 11,

    /// <summary>It says it is the node that it talks to.</summary>
    OwnName = 12,

    /// <summary>A newer life of a node of that name is known. Whoever is told this must stop.</summary>
    Superseded = 13,

    /// <summary>It took too long.</summary>
    TooSlow = 14,

    /// <summary>Too many others are greeting at this moment.</summary>
    TooMany = 15,

    /// <summary>A node without TLS may be talked to from its own machine only.</summary>
    PlainNotOnLoopback = 16,

    /// <summary>It is stopping.</summary>
    Stopping = 17,

    /// <summary>Nothing was heard of it for too long.</summary>
    Silent = 18,

    /// <summary>The same node opened this lane anew; the older connection ends.</summary>
    Replaced = 19,

    /// <summary>It sent bytes that are no frame.</summary>
    Garbage = 20,

    /// <summary>The node's life is over, as its members' table says.</summary>
    Gone = 21,

    /// <summary>The connection failed below this protocol.</summary>
    Broken = 22,

    /// <summary>TLS was not agreed upon, or not in time.</summary>
    TlsFailed = 23,
}

/// <summary>What goes with the numbers.</summary>
public static class HandshakeRefusals
{
    /// <summary>What whoever reads this refusal of its own node should do, in one line.</summary>
    public static string Advice(this HandshakeRefusal refusal) => refusal switch
    {
        HandshakeRefusal.Malformed => "this port is for nodes of a LeitherCluster only; check the address",
        HandshakeRefusal.WrongCluster => "check the cluster's name in the configuration and the address of the seed",
        HandshakeRefusal.WrongVersion => "upgrade the older program; only neighbouring versions talk to each other",
        HandshakeRefusal.CertificateMissing => "give the node a certificate: leither node join, or leither ca issue",
        HandshakeRefusal.CertificateMalformed or HandshakeRefusal.CertificateForeign => "get a certificate from this cluster's authority: leither ca issue",
        HandshakeRefusal.CertificateNotYetValid => "set the node's clock right; certificates are valid from when they are issued",
        HandshakeRefusal.CertificateExpired => "renew the node's certificate: leither ca issue",
        HandshakeRefusal.CertificateNameMismatch => "use the certificate that was issued for this node's name",
        HandshakeRefusal.ClockOff => "set the node's clock right, with NTP or the like",
        HandshakeRefusal.NotTheNodeMeant => "check the address that the node announces; another node listens there",
        HandshakeRefusal.Superseded => "a newer start of a node of this name is in the cluster: stop this one, or give it another name",
        HandshakeRefusal.OwnName => "give each node a name of its own",
        HandshakeRefusal.TooSlow or HandshakeRefusal.Silent => "check the network between the two nodes",
        HandshakeRefusal.TlsFailed => "this port is for nodes with TLS 1.3 and a certificate; check address and configuration of both nodes",
        HandshakeRefusal.TooMany => "try again later",
        HandshakeRefusal.Gone => "the members' table says that this life of the node is over: start it again",
        HandshakeRefusal.PlainNotOnLoopback => "give the nodes certificates; without them they talk on loopback only",
        _ => "",
    };

    /// <summary>The refusal for a certificate.</summary>
    public static HandshakeRefusal Of(CertificateRefusal refusal) => refusal switch
    {
        CertificateRefusal.None => HandshakeRefusal.None,
        CertificateRefusal.Missing => HandshakeRefusal.CertificateMissing,
        CertificateRefusal.Malformed => HandshakeRefusal.CertificateMalformed,
        CertificateRefusal.WrongCluster => HandshakeRefusal.WrongCluster,
        CertificateRefusal.ForeignAuthority => HandshakeRefusal.CertificateForeign,
        CertificateRefusal.NotYetValid => HandshakeRefusal.CertificateNotYetValid,
        CertificateRefusal.Expired => HandshakeRefusal.CertificateExpired,
        CertificateRefusal.NameMismatch => HandshakeRefusal.CertificateNameMismatch,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "no refusal of a certificate"),
    };
}
