using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Telemetry;

namespace LeitherCluster.Hosting.Api;

/// <summary>What the endpoints stand on: one ledger's gateway, and how this node was told to serve it.</summary>
public sealed class ApiServices : IDisposable
{
    public ApiServices(ILedgerGateway gateway, NodeOptions options, TimeProvider clock)
    {
        Gateway = gateway;
        Options = options;
        Clock = clock;
        StartedAt = clock.GetUtcNow();
        Batches = new BatchPool(options.RequestCountMax);
        Gate = new InquiryGate(gateway.Parameters.Ledger, options.OpenInquiry, TimeSpan.FromSeconds(options.InquiryFreshnessS), clock);
        Contracts = new ContractMapper(gateway.Parameters);
        Meter = new LedgerMeter(gateway);
        Metrics = new PrometheusCollector(meter => Meter.Is(meter) || meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Hosting");
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

    public PrometheusCollector Metrics { get; }

    /// <summary>Why a request is turned away when as many as may be are being worked on.</summary>
    public string BusyText => $"{Options.RequestCountMax} transfer requests are being worked on already.";

    public void Dispose()
    {
        Metrics.Dispose();
        Meter.Dispose();
    }
}
