using System.Diagnostics.Tracing;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>
/// Listens to the garbage collector of this process: for how long it had all threads stopped, each time. The runtime tells of a pause some milliseconds after it.
/// </summary>
internal sealed class CollectorPauses : EventListener
{
    private const string RuntimeSource = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords CollectorKeyword = (EventKeywords)1;
    private const string Begin = "GCSuspendEEBegin";
    private const string End = "GCRestartEEEnd";

    private DateTime? _began;
    private long _longestTicks;

    /// <summary>The longest so far, in ms; 0 while there was none.</summary>
    public double LongestMs => TimeSpan.FromTicks(Interlocked.Read(ref _longestTicks)).TotalMilliseconds;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == RuntimeSource)
        {
            EnableEvents(eventSource, EventLevel.Informational, CollectorKeyword);
        }
    }

    // One thread of the runtime calls this, in the order of the events.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith(Begin, StringComparison.Ordinal) is true)
        {
            _began = eventData.TimeStamp;
        }
        else if (eventData.EventName?.StartsWith(End, StringComparison.Ordinal) is true && _began is { } began)
        {
            _began = null;
            long ticks = (eventData.TimeStamp - began).Ticks;
            if (ticks > Interlocked.Read(ref _longestTicks))
            {
                Interlocked.Exchange(ref _longestTicks, ticks);
            }
        }
    }
}
