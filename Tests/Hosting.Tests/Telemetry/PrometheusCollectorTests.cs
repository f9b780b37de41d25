using System.Diagnostics.Metrics;
using LeitherCluster.Hosting.Telemetry;

namespace LeitherCluster.Tests.Hosting.Telemetry;

public sealed class PrometheusCollectorTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void WriteTo_Counter_SumsByLabelsAndEscapes()
    {
        using var collector = new PrometheusCollector(meter => meter == _meter);
        Counter<long> counter = _meter.CreateCounter<long>("leither.answers", description: "Answers.");

        counter.Add(2, new KeyValuePair<string, object?>("outcome", "a\"b\\c\n"));
        counter.Add(3, new KeyValuePair<string, object?>("outcome", "a\"b\\c\n"));
        counter.Add(1);

        Assert.Equal(
            "# HELP leither_answers_total Answers.\n# TYPE leither_answers_total counter\n"
            + "leither_answers_total 1\nleither_answers_total{outcome=\"a\\\"b\\\\c\\n\"} 5\n",
            Write(collector));
    }

    [Fact]
    public void WriteTo_Histogram_CountsBucketsCumulatively()
    {
        using var collector = new PrometheusCollector(meter => meter == _meter);
        Histogram<double> histogram = _meter.CreateHistogram(
            "leither.pulse",
            unit: "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });

        histogram.Record(0.25);
        histogram.Record(0.5);
        histogram.Record(2);

        Assert.Equal(
            "# HELP leither_pulse_seconds \n# TYPE leither_pulse_seconds histogram\n"
            + "leither_pulse_seconds_bucket{le=\"0.5\"} 2\nleither_pulse_seconds_bucket{le=\"1\"} 2\nleither_pulse_seconds_bucket{le=\"+Inf\"} 3\n"
            + "leither_pulse_seconds_sum 2.75\nleither_pulse_seconds_count 3\n",
            Write(collector));
    }

    [Fact]
    public void WriteTo_ObservableGauge_AsksEachTime()
    {
        using var collector = new PrometheusCollector(meter => meter == _meter);
        int value = 6;
        _meter.CreateObservableGauge("leither.pending", () => ++value, unit: "By");

        Assert.EndsWith("leither_pending_bytes 7\n", Write(collector), StringComparison.Ordinal);
        Assert.EndsWith("leither_pending_bytes 8\n", Write(collector), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTo_OtherMeter_IsNotShown()
    {
        using var collector = new PrometheusCollector(meter => meter.Name == "another");
        _meter.CreateCounter<int>("leither.count").Add(1);

        Assert.Empty(Write(collector));
    }

    [Fact]
    public void Record_MoreLabelSetsThanTheBound_DropsTheRest()
    {
        using var collector = new PrometheusCollector(meter => meter == _meter);
        Counter<int> counter = _meter.CreateCounter<int>("leither.count");
        for (int i = 0; i < 2_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", i));
        }

        Assert.Equal(2 + 1_000, Write(collector).Count(c => c == '\n'));
    }

    private static string Write(PrometheusCollector collector)
    {
        using var output = new StringWriter { NewLine = "\n" };
        collector.WriteTo(output);
        return output.ToString();
    }
}
