namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// Whether this node may take itself for a member. A node that stood still (a stopped process, a long collection) is in doubt from the first moment on in
/// which it moves again, whoever of its threads moves first, until it has read the table of members since. Ask it before anything that others would take
/// for this node's word; what is written is fenced besides. Thread-safe.
/// </summary>
/// <param name="clock">the node's</param>
/// <param name="pauseLimitMs">without a turn for longer than this, the node stood still</param>
public sealed class NodeStanding(IClock clock, int pauseLimitMs)
{
    private long _turnMs;
    private bool _isConfirmed;

    /// <summary>Whether the node is a member as far as it can know: it has read so since it last stood still, and was not overtaken.</summary>
    public bool IsSure
    {
        get
        {
            // The turn first: one that came after a pause was preceded by the doubt.
            long turnMs = Volatile.Read(ref _turnMs);
            return Volatile.Read(ref _isConfirmed) && clock.MonotonicMs - turnMs <= pauseLimitMs;
        }
    }

    /// <summary>Notes that the node moves. True: it stood still before.</summary>
    internal bool TakeTurn()
    {
        long now = clock.MonotonicMs;
        bool stoodStill = now - _turnMs > pauseLimitMs;
        if (stoodStill)
        {
            Volatile.Write(ref _isConfirmed, false);
        }

        Volatile.Write(ref _turnMs, now);
        return stoodStill;
    }

    internal void Begin() => Volatile.Write(ref _turnMs, clock.MonotonicMs);

    internal void Confirm() => Volatile.Write(ref _isConfirmed, true);

    internal void Doubt() => Volatile.Write(ref _isConfirmed, false);
}
