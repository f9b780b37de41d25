using System.Globalization;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>What one node is told at its start. <see cref="NodeOptionsReader"/> checks the values, also against each other.</summary>
public sealed record NodeOptions
{
    /// <summary>As <see cref="Operators"/>: no endpoint for them.</summary>
    public const string NoOperators = "none";

    private const int OperatorsPortOffset = 100;

    /// <summary>The shortest pulse cycle, in milliseconds.</summary>
    public const int PulseCycleMsMin = 50;

    /// <summary>The longest pulse cycle, in milliseconds.</summary>
    public const int PulseCycleMsMax = 60_000;

    /// <summary>The folder that holds the ledger: its parameters, keys and journal.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Address of the PostgreSQL database that holds the journal, <c>postgres://user@host/name</c>; null: files in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>This node's name, 1 to 48 letters, digits, dots, hyphens and underscores. In a database it names the node's chain of groups.</summary>
    public string Name { get; init; } = "node";

    /// <summary>The cluster that this node is a member of; null: it is a ledger by itself. A cluster's journal is in a database.</summary>
    public string? Cluster { get; init; }

    /// <summary>Where other nodes of the cluster reach this one: <c>host:port</c>.</summary>
    public string Listen { get; init; } = "127.0.0.1:7800";

    /// <summary>What other nodes are told to reach this one by, <c>host:port</c>; null: where it listens.</summary>
    public string? Advertise { get; init; }

    /// <summary>Where operators' consoles reach this node, <c>host:port</c>; <c>none</c>: nowhere; null: where it listens for nodes, 100 ports above.</summary>
    public string? Operators { get; init; }

    /// <summary>Where operators' consoles reach this node; null: nowhere, as on a node without a cluster.</summary>
    public string? OperatorsEndPoint => Cluster is null || Operators is NoOperators ? null : Operators ?? OperatorsBeside(Listen);

    /// <summary>Where consoles and new nodes are told to reach it: at the host by which other nodes reach this one where it listens everywhere. Null: nowhere.</summary>
    public string? OperatorsReachedAt => OperatorsEndPoint is { } listen && (listen.StartsWith("0.0.0.0:", StringComparison.Ordinal) || listen.StartsWith("[::]:", StringComparison.Ordinal))
        ? HostOf(Advertise ?? Listen) + listen[listen.LastIndexOf(':')..]
        : OperatorsEndPoint;

    /// <summary>The folder of the node's certificate and of its authority's; null: <c>certificates</c> in the data folder.</summary>
    public string? Certificates { get; init; }

    /// <summary>The folder of the cluster's certificate authority; null: this node lets nobody in. Whoever has it can make members.</summary>
    public string? Authority { get; init; }

    /// <summary>What this node does for its cluster.</summary>
    public MemberRoles Roles { get; init; } = MemberRoles.All;

    /// <summary>Whether a dead member is noticed within a second, rather than three: more traffic, and a shorter pause counts as death.</summary>
    public bool FastMembership { get; init; }

    /// <summary>Where the HTTP API listens; loopback by default. Port 0 takes any free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:7700";

    /// <summary>Time between beats, in milliseconds.</summary>
    public int PulseCycleMs { get; init; } = 1_000;

    /// <summary>Answers inquiries about any account without a signature. Only for development, and only on loopback.</summary>
    public bool OpenInquiry { get; init; }

    /// <summary>The largest request body, in bytes; a larger one is answered 413.</summary>
    public int RequestBytesMax { get; init; } = 32 << 20;

    /// <summary>How many transfer requests are worked on at once; a further one is answered 429.</summary>
    public int RequestCountMax { get; init; } = 256;

    /// <summary>Native memory for blocks on their way to the journal, in bytes; when it is used up, transfers are answered Busy.</summary>
    public long JournalMemoryBytes { get; init; } = 1L << 30;

    /// <summary>Ids of sealed transfers kept in memory before they are sorted onto disk, 24 bytes each.</summary>
    public int PlacesInMemoryMax { get; init; } = 1 << 21;

    /// <summary>How far the time of a signed inquiry may be from the node's clock, in seconds.</summary>
    public int InquiryFreshnessS { get; init; } = 60;

    /// <summary>The longest that a request may wait for a commit, in seconds; then it is answered with what is known.</summary>
    public int WaitS { get; init; } = 30;

    private static string HostOf(string endPoint) => endPoint[..endPoint.LastIndexOf(':')];

    // Port 0, any free one, is that for operators too.
    private static string OperatorsBeside(string listen)
    {
        int colon = listen.LastIndexOf(':');
        int port = int.Parse(listen.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{listen[..colon]}:{(port == 0 ? 0 : port + OperatorsPortOffset)}");
    }
}
