namespace LeitherCluster.Hosting.Operators.Logs;

/// <summary>
/// The newest lines of this node's log, for operators who look from elsewhere; the oldest fall out. What the process writes to its own error stream is not
/// changed by it. From any thread.
/// </summary>
internal sealed class LogRing(TimeProvider clock) : ILoggerProvider
{
    /// <summary>Lines that are kept.</summary>
    public const int LineCountMax = 2_000;

    /// <summary>Characters of a line; the rest is cut off.</summary>
    public const int LineLengthMax = 2_000;

    private readonly Lock _lock = new();
    private readonly LogRecord[] _lines = new LogRecord[LineCountMax];
    private long _written;

    /// <summary>Lines after a number, oldest first; the newest <paramref name="countMax"/> of them.</summary>
    public IReadOnlyList<LogRecord> After(long number, LogLevel level, int countMax)
    {
        lock (_lock)
        {
            long first = Math.Max(number + 1, Math.Max(1, _written - LineCountMax + 1));
            List<LogRecord> found = [];
            for (long at = _written; at >= first && found.Count < countMax; at--)
            {
                LogRecord line = _lines[at % LineCountMax];
                if (line.Level >= level)
                {
                    found.Add(line);
                }
            }

            found.Reverse();
            return found;
        }
    }

    /// <summary>The number of the newest line; 0 before the first.</summary>
    public long Newest
    {
        get
        {
            lock (_lock)
            {
                return _written;
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new RingLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>Nothing: loggers that outlive a factory go on writing here.</summary>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string source, string text)
    {
        string line = text[..Math.Min(text.Length, LineLengthMax)];
        lock (_lock)
        {
            _written++;
            _lines[_written % LineCountMax] = new LogRecord(_written, clock.GetUtcNow(), level, source, line);
        }
    }

    private sealed class RingLogger(LogRing ring, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string text = formatter(state, exception);
                ring.Write(logLevel, source, exception is null ? text : $"{text} ({exception.GetType().Name}: {exception.Message})");
            }
        }
    }
}
