using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>What one instrument measured, by its tags.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>The most label sets of one instrument; measurements with further ones are dropped, so that a client cannot grow it.</summary>
    private const int LabelSetCountMax = 1_000;

    private static readonly double[] DefaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Cell> _cells = new(StringComparer.Ordinal);
    private readonly string _help;
    private readonly string _type;
    private readonly bool _isAbsolute;
    private readonly double[]? _bounds;

    public InstrumentSeries(Instrument instrument)
    {
        Type kind = instrument.GetType().IsGenericType ? instrument.GetType().GetGenericTypeDefinition() : instrument.GetType();
        bool isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        bool isHistogram = kind == typeof(Histogram<>);
        _isAbsolute = instrument.IsObservable || kind == typeof(Gauge<>);
        _type = isCounter ? "counter" : isHistogram ? "histogram" : "gauge";
        _bounds = isHistogram ? BoundsOf(instrument) : null;
        _help = instrument.Description ?? "";
        Name = NameOf(instrument, isCounter);
    }

    /// <summary>The metric's name: dots become underscores, the unit is spelt out, a counter ends in <c>_total</c>.</summary>
    public string Name { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        lock (_lock)
        {
            if (!_cells.TryGetValue(labels, out Cell? cell))
            {
                if (_cells.Count == LabelSetCountMax)
                {
                    return;
                }

                cell = new Cell(_bounds is null ? [] : new long[_bounds.Length + 1]);
                _cells.Add(labels, cell);
            }

            cell.Sum = _isAbsolute ? value : cell.Sum + value;
            if (_bounds is not null)
            {
                int bucket = Array.BinarySearch(_bounds, value);
                cell.Buckets[bucket < 0 ? ~bucket : bucket]++;
            }
        }
    }

    public void WriteTo(TextWriter output)
    {
        lock (_lock)
        {
            if (_cells.Count == 0)
            {
                return;
            }

            output.Write($"# HELP {Name} {_help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
            output.Write($"# TYPE {Name} {_type}\n");
            foreach ((string labels, Cell cell) in _cells)
            {
                if (_bounds is null)
                {
                    output.Write($"{Name}{Braced(labels)} {Number(cell.Sum)}\n");
                }
                else
                {
                    WriteHistogram(output, labels, cell, _bounds);
                }
            }
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };

    private static string NameOf(Instrument instrument, bool isCounter)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (char c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        if (!name.ToString().EndsWith(unit, StringComparison.Ordinal))
        {
            name.Append(unit);
        }

        return isCounter ? name.Append("_total").ToString() : name.ToString();
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new StringBuilder();
        foreach ((string name, object? value) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",");
            foreach (char c in name)
            {
                labels.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            }

            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Append("=\"").Append(text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return labels.ToString();
    }

    private static string Braced(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private void WriteHistogram(TextWriter output, string labels, Cell cell, double[] bounds)
    {
        string separator = labels.Length == 0 ? "" : ",";
        long count = 0;
        for (int i = 0; i <= bounds.Length; i++)
        {
            count += cell.Buckets[i];
            string bound = i == bounds.Length ? "+Inf" : Number(bounds[i]);
            output.Write($"{Name}_bucket{{{labels}{separator}le=\"{bound}\"}} {count}\n");
        }

        output.Write($"{Name}_sum{Braced(labels)} {Number(cell.Sum)}\n");
        output.Write($"{Name}_count{Braced(labels)} {count}\n");
    }

    private sealed class Cell(long[] buckets)
    {
        public double Sum { get; set; }

        public long[] Buckets { get; } = buckets;
    }
}
