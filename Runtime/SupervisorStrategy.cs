namespace LeitherCluster.Runtime;

/// <summary>What a supervisor does with a child that threw.</summary>
public enum SupervisorDirective
{
    /// <summary>A fresh instance after the back-off; mailbox and stash are kept, the failing message is not.</summary>
    Restart = 0,

    /// <summary>The child stops for good.</summary>
    Stop = 1,

    /// <summary>The supervisor fails with the same exception. At the top the whole system stops, with the exception as its evidence.</summary>
    Escalate = 2,
}

/// <summary>
/// One-for-one supervision. The k-th restart within the window waits MinBackoff x 2^(k-1), at most MaxBackoff; when a child
/// fails more than RestartsMax times within the window, WhenExhausted holds.
/// </summary>
public sealed record SupervisorStrategy
{
    /// <summary>Restart: 100 ms doubling to 10 s; after 10 restarts within 60 s escalate.</summary>
    public static SupervisorStrategy Default { get; } = new();

    /// <summary>A failing child stops at once.</summary>
    public static SupervisorStrategy StopOnFailure { get; } = new() { Decide = _ => SupervisorDirective.Stop };

    /// <summary>A failing child fails its supervisor too.</summary>
    public static SupervisorStrategy EscalateOnFailure { get; } = new() { Decide = _ => SupervisorDirective.Escalate };

    public Func<Exception, SupervisorDirective> Decide { get; init; } = _ => SupervisorDirective.Restart;

    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    public int RestartsMax { get; init; } = 10;

    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Stop or Escalate: what follows when RestartsMax is used up.</summary>
    public SupervisorDirective WhenExhausted { get; init; } = SupervisorDirective.Escalate;

    /// <summary>Back-off before the restart with that number within the window (1 is the first).</summary>
    public TimeSpan Backoff(int restartNumber)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restartNumber, 1);
        double factor = Math.Pow(2, Math.Min(restartNumber - 1, 62));
        double ticks = Math.Min(MinBackoff.Ticks * factor, MaxBackoff.Ticks);
        return TimeSpan.FromTicks((long)ticks);
    }
}
