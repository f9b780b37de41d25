namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>What a cluster may have to bear.</summary>
internal enum ClusterFaultKind
{
    /// <summary>A node loses power at some step, and comes back after a while.</summary>
    PowerLoss,

    /// <summary>A node's process is killed at some step, and comes back after a while.</summary>
    ProcessKill,

    /// <summary>The node that keeps the root is killed at some step of its own.</summary>
    RootKill,

    /// <summary>A node's process stands still for a while, long enough to be given up or not.</summary>
    Pause,

    /// <summary>A node and the others do not reach each other.</summary>
    Partition,

    /// <summary>A node is not heard by the others, or does not hear them.</summary>
    OneWayPartition,

    /// <summary>Messages are lost, repeated, overtake each other, and take long.</summary>
    BadNetwork,

    /// <summary>Nobody reaches the database.</summary>
    DatabaseAway,

    /// <summary>One node does not reach the database.</summary>
    DatabaseCutOff,

    /// <summary>The database is many times slower.</summary>
    DatabaseSlow,

    /// <summary>Connections break after a change is made and before that is said.</summary>
    AnswersLost,

    /// <summary>An actor throws at some message, before or after handling it.</summary>
    ActorFailure,

    /// <summary>A node's wall clock jumps.</summary>
    ClockJump,
}
