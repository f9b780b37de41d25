using System.Diagnostics.Metrics;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>
/// Listens to meters of this process and writes what they measured in Prometheus' text exposition format 0.0.4. Counters and
/// histograms count from the collector's creation; observable instruments are asked at each writing.
/// </summary>
public sealed class PrometheusCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);

    /// <summary>Starts listening to the meters that are shown.</summary>
    public PrometheusCollector(Predicate<Meter> isShown)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isShown(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument, Register(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => ((InstrumentSeries)state!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>The content type of what <see cref="WriteTo"/> writes.</summary>
    public static string ContentType => "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes every instrument that has measured something, ordered by name.</summary>
    public void WriteTo(TextWriter output)
    {
        _listener.RecordObservableInstruments();
        InstrumentSeries[] all;
        lock (_lock)
        {
            all = [.. _instruments.Values];
        }

        foreach (InstrumentSeries instrument in all)
        {
            instrument.WriteTo(output);
        }
    }

    public void Dispose() => _listener.Dispose();

    private InstrumentSeries Register(Instrument instrument)
    {
        var series = new InstrumentSeries(instrument);
        lock (_lock)
        {
            // Two meters with an instrument of one name share its series: the format allows a name only once.
            return _instruments.TryAdd(series.Name, series) ? series : _instruments[series.Name];
        }
    }
}
