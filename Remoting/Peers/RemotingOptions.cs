using System.Net;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>What a node's remoting is made with.</summary>
public sealed record RemotingOptions
{
    /// <summary>
    /// This life of this node. Its name is that of its certificate, and of its actor system. Incarnation 0: not known yet; nobody is let in until it is
    /// (<see cref="ClusterRemoting.BeginLife"/>).
    /// </summary>
    public required NodeId Node { get; init; }

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Where it listens; port 0 lets the system choose one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where others reach it, <c>host:port</c>; null for where it listens, if that is one address.</summary>
    public string? Address { get; init; }

    /// <summary>The node's certificate and the authority that it trusts. Null, for development: no TLS, and only on loopback.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>Version of the program, for others to show.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>The protocol versions that it speaks.</summary>
    public ProtocolVersions Versions { get; init; } = ProtocolVersions.Own;

    public LaneOptions Control { get; init; } = LaneOptions.Control;

    public LaneOptions Bulk { get; init; } = LaneOptions.Bulk;

    /// <summary>Connecting, TLS and greeting together take at most so long; then the connection is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most connections at a time that have not been greeted yet; more are closed at once.</summary>
    public int PendingHandshakesMax { get; init; } = 64;

    /// <summary>When nothing was sent on a control lane for so long, a sign of life is.</summary>
    public TimeSpan AliveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When nothing was heard on a control lane for so long, the connections with that node are closed. More than twice <see cref="AliveInterval"/>.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause before the first attempt to connect again; doubled with every failure, shortened by chance by up to a half.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A node whose wall clock differs by more is refused.</summary>
    public TimeSpan ClockDifferenceMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most actors that have a number on one connection; then numbering begins anew.</summary>
    public int NamesMax { get; init; } = 4_096;

    /// <summary>So many newest questions to other nodes can be answered; the answer to an older one is dropped. A power of two.</summary>
    public int QuestionsMax { get; init; } = 65_536;

    internal LaneOptions Of(Lane lane) => lane == Lane.Control ? Control : Bulk;

    /// <summary>Throws <see cref="InvalidRemotingOptionsException"/> for what cannot work.</summary>
    internal void Validate()
    {
        Require(ClusterName.IsValid(Cluster) && ClusterName.IsValid(Node.Name), "a cluster or node cannot have that name");
        Require(Identity is null || (Identity.Cluster == Cluster && Identity.Node == Node.Name), $"the certificate is not of node {Node.Name} of cluster {Cluster}");
        Require(Identity is not null || IPAddress.IsLoopback(Listen.Address), "without certificates a node listens on loopback only");
        Require(Address is not null || !(Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any)), "who listens everywhere must say where others reach it");
        Require(Versions.Lowest > 0 && Versions.Lowest <= Versions.Highest && Versions.Highest <= byte.MaxValue, "protocol versions are 1 to 255");
        Require(SilenceMax > 2 * AliveInterval, $"{nameof(SilenceMax)} must be more than twice {nameof(AliveInterval)}");
        Require(ReconnectMin > TimeSpan.Zero && ReconnectMin <= ReconnectMax, $"{nameof(ReconnectMin)} must be above zero and at most {nameof(ReconnectMax)}");
        Require(PendingHandshakesMax > 0 && NamesMax >= 2, $"{nameof(PendingHandshakesMax)} must be at least 1, {nameof(NamesMax)} 2");
        Require(int.IsPow2(QuestionsMax), $"{nameof(QuestionsMax)} must be a power of two");
        foreach (LaneOptions lane in new[] { Control, Bulk })
        {
            Require(lane.FrameBytesMax is >= 4_096 and <= 1 << 30, "a frame may have 4 KiB to 1 GiB");
            Require(lane.QueueBytesMax > lane.FrameBytesMax + FrameHeader.Bytes && lane.QueueMessagesMax > 0, "a queue must have room for the longest message");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidRemotingOptionsException(otherwise);
        }
    }
}

/// <summary>Options of a node's remoting that contradict each other or cannot work.</summary>
public sealed class InvalidRemotingOptionsException(string message) : Exception(message);
