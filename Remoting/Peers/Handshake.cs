using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>Judges greetings. Pure: time and certificate come in.</summary>
internal static class Handshake
{
    /// <summary>Whether a node may talk to this one, as far as its greeting tells. The first refusal by number is the answer.</summary>
    /// <param name="judge">what is to be said of its certificate, given the name it says it has; null without TLS</param>
    /// <param name="version">the version from now on</param>
    public static HandshakeRefusal Judge(RemotingOptions own, Hello hello, Func<string, CertificateRefusal>? judge, long utcMs, out ushort version)
    {
        version = own.Versions.Agreed(hello.Versions);
        if (!ClusterName.IsValid(hello.From.Name) || hello.Checksums != judge is null)
        {
            return HandshakeRefusal.Malformed;
        }

        if (!string.Equals(hello.Cluster, own.Cluster, StringComparison.Ordinal))
        {
            return HandshakeRefusal.WrongCluster;
        }

        if (version == 0)
        {
            return HandshakeRefusal.WrongVersion;
        }

        HandshakeRefusal certificate = judge is null ? HandshakeRefusal.None : HandshakeRefusals.Of(judge(hello.From.Name));
        if (certificate != HandshakeRefusal.None)
        {
            return certificate;
        }

        if (IsClockOff(own, hello.ClockMs, utcMs))
        {
            return HandshakeRefusal.ClockOff;
        }

        if (hello.To != own.Node)
        {
            return HandshakeRefusal.NotTheNodeMeant;
        }

        return string.Equals(hello.From.Name, own.Node.Name, StringComparison.Ordinal) ? HandshakeRefusal.OwnName : HandshakeRefusal.None;
    }

    /// <summary>Whether a welcome comes from the node that was meant, and fits what this one said.</summary>
    public static HandshakeRefusal Judge(RemotingOptions own, Reply reply, NodeId meant, long utcMs)
    {
        if (!string.Equals(reply.Cluster, own.Cluster, StringComparison.Ordinal))
        {
            return HandshakeRefusal.WrongCluster;
        }

        if (reply.Version < own.Versions.Lowest || reply.Version > own.Versions.Highest)
        {
            return HandshakeRefusal.WrongVersion;
        }

        if (IsClockOff(own, reply.ClockMs, utcMs))
        {
            return HandshakeRefusal.ClockOff;
        }

        return reply.From == meant ? HandshakeRefusal.None : HandshakeRefusal.NotTheNodeMeant;
    }

    private static bool IsClockOff(RemotingOptions own, long theirMs, long ownMs) => theirMs < 0 || Math.Abs(theirMs - ownMs) > own.ClockDifferenceMax.TotalMilliseconds;
}
