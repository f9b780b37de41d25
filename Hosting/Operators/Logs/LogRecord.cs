namespace LeitherCluster.Hosting.Operators.Logs;

/// <summary>A line of a node's log. Numbers count from 1 in each life of the process, without gaps.</summary>
internal sealed record LogRecord(long Number, DateTimeOffset At, LogLevel Level, string Source, string Text);
