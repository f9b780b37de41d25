namespace LeitherCluster.Runtime;

/// <summary>
/// An actor's timers, by key. They end with the incarnation; a message of a timer that was cancelled, replaced, or belongs to
/// an older incarnation is never delivered, not even when it was already in the mailbox. Timer messages count towards no
/// mailbox bound: there is at most one waiting per key.
/// </summary>
public interface ITimers
{
    /// <summary>Sends <paramref name="message"/> to the actor once, after <paramref name="delay"/>. Replaces a timer with that key.</summary>
    void Start(object key, object message, TimeSpan delay);

    /// <summary>
    /// Sends <paramref name="message"/> every <paramref name="interval"/> (at least 1 ms), first after one interval, on a fixed
    /// raster; ticks that an actor was too busy to take are skipped, not piled up. Replaces a timer with that key.
    /// </summary>
    void StartPeriodic(object key, object message, TimeSpan interval);

    void Cancel(object key);

    void CancelAll();

    bool IsActive(object key);
}
