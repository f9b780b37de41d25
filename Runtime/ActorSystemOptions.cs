using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime;

/// <summary>What a system is made with, in any host.</summary>
public record ActorSystemOptions
{
    /// <summary>First part of every path.</summary>
    public required string Name { get; init; }

    /// <summary>The node's journal; null for a system whose actors persist nothing.</summary>
    public IJournal? Journal { get; init; }

    /// <summary>The phases of shutdown, in order. <see cref="CoordinatedShutdown.StopActors"/> must be among them.</summary>
    public IReadOnlyList<ShutdownPhase> ShutdownPhases { get; init; } = CoordinatedShutdown.DefaultPhases;

    /// <summary>Log entries below are not published.</summary>
    public ActorLogLevel LogLevel { get; init; } = ActorLogLevel.Info;
}
