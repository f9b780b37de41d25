namespace LeitherCluster.Runtime.Core;

internal sealed class ActorLog(ActorSystemCore system, ActorPath source) : IActorLog
{
    public bool IsEnabled(ActorLogLevel level) => level >= system.LogLevel;

    public void Write(ActorLogLevel level, string text, Exception? exception = null)
    {
        if (IsEnabled(level))
        {
            system.EventStream.Publish(new LogEntry(level, source, text, exception, system.Clock.UtcNowMs));
        }
    }
}
