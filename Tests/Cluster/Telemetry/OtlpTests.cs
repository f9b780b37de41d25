using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Telemetry;

/// <summary>Metrics over OTLP, taken by a collector of the test's own.</summary>
public sealed class OtlpTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Node_ToldOfACollector_SendsItsMetricsThere()
    {
        using var collector = new HttpListener();
        string address = $"http://127.0.0.1:{FreePort()}/";
        collector.Prefixes.Add(address);
        collector.Start();
        ProcessStartInfo start = LeitherProgram.StartInfo("dev", "--data", _folder.Path, "--url", "http://127.0.0.1:0");
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = address;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        await using NodeProcess node = NodeProcess.Start(start);
        await node.WhenListeningAsync();

        HttpListenerContext sent = await collector.GetContextAsync().WaitAsync(Patience);

        using var body = new MemoryStream();
        await sent.Request.InputStream.CopyToAsync(body);
        sent.Response.Close();
        Assert.Equal("/v1/metrics", sent.Request.Url!.AbsolutePath);
        Assert.Equal("application/x-protobuf", sent.Request.ContentType);
        Assert.Contains("LeitherCluster", Encoding.Latin1.GetString(body.ToArray()), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
