namespace LeitherCluster.Runtime;

/// <summary>How much a line of an actor's log matters, in ascending order.</summary>
public enum ActorLogLevel
{
    Debug = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

/// <summary>One line of an actor's log, published on the event stream, where a host picks it up.</summary>
/// <param name="UtcMs">Node time, milliseconds since 1970.</param>
public sealed record LogEntry(ActorLogLevel Level, ActorPath Source, string Text, Exception? Exception, long UtcMs);

/// <summary>An actor's log. Check <see cref="IsEnabled"/> before composing a costly text.</summary>
public interface IActorLog
{
    bool IsEnabled(ActorLogLevel level);

    /// <summary>Publishes a <see cref="LogEntry"/> when the level is enabled.</summary>
    void Write(ActorLogLevel level, string text, Exception? exception = null);

    void Debug(string text) => Write(ActorLogLevel.Debug, text);

    void Info(string text) => Write(ActorLogLevel.Info, text);

    void Warning(string text, Exception? exception = null) => Write(ActorLogLevel.Warning, text, exception);

    void Error(string text, Exception? exception = null) => Write(ActorLogLevel.Error, text, exception);
}
