using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>
/// Connections to a node's HTTP ports that were ended for what came over them, or for what did not come: no TLS, no request, too large, too slow, too many.
/// Kestrel says so in its own meter, with a word for the reason; connections that only broke are not among them. Safe from any thread.
/// </summary>
internal sealed class RefusedConnections : IDisposable
{
    private const string MeterName = "Microsoft.AspNetCore.Server.Kestrel";
    private const string Ended = "kestrel.connection.duration";
    private const string TurnedAway = "kestrel.rejected_connections";
    private const string ReasonTag = "error.type";
    private const string TooMany = "max_concurrent_connections_exceeded";

    // The other side went away, or this node did.
    private static readonly HashSet<string> s_ordinary = ["connection_reset", "io_error", "app_shutdown_timeout", "aborted_by_app", "keep_alive_timeout"];

    private readonly ConcurrentDictionary<(string Port, string Reason), long> _counts = new();
    private readonly List<MeterListener> _listeners = [];

    /// <summary>Counts what a server refuses from now on, under the name of its port.</summary>
    public void Watch(string port, IServiceProvider server)
    {
        var meters = server.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, watching) =>
            {
                // Other servers of this process have meters of that name, too.
                if (instrument.Meter.Name == MeterName && ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name is Ended or TurnedAway)
                {
                    watching.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(port, ReasonOf(tags)));
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Note(port, TooMany));
        listener.Start();
        _listeners.Add(listener);
        _counts.TryAdd((port, TooMany), 0);
    }

    /// <summary>How many so far.</summary>
    public IEnumerable<Measurement<long>> Measure() =>
        _counts.OrderBy(each => each.Key.Port, StringComparer.Ordinal).ThenBy(each => each.Key.Reason, StringComparer.Ordinal).Select(each => new Measurement<long>(
            each.Value, new KeyValuePair<string, object?>("port", each.Key.Port), new KeyValuePair<string, object?>("reason", each.Key.Reason)));

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private static string? ReasonOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == ReasonTag)
            {
                return tag.Value as string;
            }
        }

        return null;
    }

    private void Note(string port, string? reason)
    {
        if (reason is not null && !s_ordinary.Contains(reason))
        {
            _counts.AddOrUpdate((port, reason), 1, static (_, count) => count + 1);
        }
    }
}
