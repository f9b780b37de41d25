namespace LeitherCluster.Tests.Simulation.Faults;

/// <summary>What a run may have to bear.</summary>
internal enum FaultKind
{
    /// <summary>The machine loses power at some step; unsynced sectors are torn.</summary>
    PowerLoss,

    /// <summary>The process is killed at some step; what it wrote stays.</summary>
    ProcessKill,

    /// <summary>The machine loses power, and again while it recovers.</summary>
    CrashInRecovery,

    /// <summary>The process stands still for a while.</summary>
    Pause,

    /// <summary>The wall clock jumps forward, up to two hours.</summary>
    ClockForward,

    /// <summary>The wall clock jumps back, up to two seconds.</summary>
    ClockBack,

    /// <summary>The disk is many times slower for a while.</summary>
    SlowDisk,

    /// <summary>The disk is full for a while.</summary>
    DiskFull,

    /// <summary>One sync fails, and part of what it was to make durable is lost.</summary>
    SyncError,

    /// <summary>One write fails half-way.</summary>
    WriteError,

    /// <summary>One read fails.</summary>
    ReadError,

    /// <summary>An actor throws at some message, before or after handling it.</summary>
    ActorFailure,
}
