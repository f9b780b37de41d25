namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>What a network of so many nodes did while as much was sent as was answered.</summary>
internal sealed record ClusterFigures
{
    // Of a credit as it travels (docs/PROTOCOL.md, section 17).
    private const double CreditBytes = 32;

    public required int Nodes { get; init; }

    /// <summary>Transfers answered "committed" within the time that was measured.</summary>
    public required long Committed { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Pulses committed within it.</summary>
    public required ulong Pulses { get; init; }

    public required NodeTraffic Sent { get; init; }

    /// <summary>Bytes of a transfer as the client sends it.</summary>
    public required double ClientBytes { get; init; }

    public double PerSecond => Committed / Seconds;

    public double BytesPerTransfer => Sent.Bytes / (double)Committed;

    /// <summary>Bytes that a transfer must cost between nodes: of N branches out of N nodes all but one are elsewhere, for its bundle from any node and for its credit.</summary>
    public double NecessaryBytes => (Nodes - 1) / (double)Nodes * (CreditBytes + ClientBytes);

    public double MessagesPerThousand => 1_000.0 * Sent.Count / Committed;

    /// <summary>Messages of the exchange in a pulse.</summary>
    public double ExchangePerPulse => (Sent.MessagesOf(NodeTraffic.Sections) + Sent.MessagesOf(NodeTraffic.SectionsMissing)) / (double)Pulses;

    /// <summary>Ordered pairs of nodes.</summary>
    public int Pairs => Nodes * (Nodes - 1);
}
