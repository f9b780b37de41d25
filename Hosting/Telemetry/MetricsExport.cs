using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>Metrics over OTLP, when the standard environment variables ask for it (OTEL_EXPORTER_OTLP_ENDPOINT and its like, which the SDK reads itself).</summary>
internal static class MetricsExport
{
    /// <summary>Starts exporting; null when nobody asked.</summary>
    public static IDisposable? Start(Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_ENDPOINT")))
        {
            return null;
        }

        return Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("leither", serviceVersion: ProgramVersion.Text))
            .AddMeter(LedgerMeter.Name, NodeMeter.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting")
            .AddOtlpExporter()
            .Build();
    }
}
