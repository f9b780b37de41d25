using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Telemetry;

namespace LeitherCluster.Hosting.Api;

/// <summary>What the endpoints stand on: one ledger's gateway, and how this node was told to serve it.</summary>
public sealed class ApiServices : IDisposable
{
    private readonly NodeMeter? _node;

    /// <summary>Gathers it.</summary>
    /// <param name="gateway">the door to the ledger</param>
    /// <param name="options">how the node was told to serve it</param>
    /// <param name="clock">what time it is</param>
    /// <param name="node">measures the node besides its ledger; it becomes theirs; null: nothing does</param>
    public ApiServices(ILedgerGateway gateway, NodeOptions options, TimeProvider clock, NodeMeter? node = null)
    {
        _node = node;
        Gateway = gateway;
        Options = options;
        Clock = clock;
        StartedAt = clock.GetUtcNow();
        Batches = new BatchPool(options.RequestCountMax);
        Gate = new InquiryGate(gateway.Parameters.Ledger, options.OpenInquiry, TimeSpan.FromSeconds(options.InquiryFreshnessS), clock);
        Contracts = new ContractMapper(gateway.Parameters);
        Meter = new LedgerMeter(gateway);
        Metrics = new PrometheusCollector(meter => Meter.Is(meter) || node?.Is(meter) == true || meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Hosting");
    }

    public ILedgerGateway Gateway { get; }

    public NodeOptions Options { get; }

    /// <summary>The node's place in its cluster; null when it has none.</summary>
    internal ClusterMember? Member { get; init; }

    public TimeProvider Clock { get; }

    public DateTimeOffset StartedAt { get; }

    public BatchPool Batches { get; }

    public InquiryGate Gate { get; }

    public ContractMapper Contracts { get; }

    public LedgerMeter Meter { get; }

    /// <summary>What measures the node besides its ledger; null: nothing does.</summary>
    internal NodeMeter? NodeMeter => _node;

    public PrometheusCollector Metrics { get; }

    /// <summary>Why a request is turned away when as many as may be are being worked on.</summary>
    public string BusyText => $"{Options.RequestCountMax} transfer requests are being worked on already.";

    public void Dispose()
    {
        Metrics.Dispose();
        Meter.Dispose();
        _node?.Dispose();
    }
}
