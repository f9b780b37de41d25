namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// For how long each member was <em>seen</em> to write no heartbeat. Only time in which this node read the table again and again counts; when it could not
/// read it, every count begins anew. So nobody is taken for silent because the database was away, and clocks of different machines are never compared.
/// </summary>
/// <param name="gapMaxMs">two looks further apart than this are no uninterrupted watch</param>
internal sealed class SilenceBook(long gapMaxMs)
{
    private readonly Dictionary<NodeId, (ulong Number, long SinceMs)> _last = [];
    private long? _lookedMs;

    public void Look(IReadOnlyList<Heartbeat> heartbeats, long nowMs)
    {
        if (_lookedMs is not { } lookedMs || nowMs - lookedMs > gapMaxMs)
        {
            _last.Clear();
        }

        foreach (NodeId gone in _last.Keys.Except(heartbeats.Select(static beat => beat.Node)).ToArray())
        {
            _last.Remove(gone);
        }

        foreach (Heartbeat beat in heartbeats)
        {
            if (!_last.TryGetValue(beat.Node, out (ulong Number, long SinceMs) known) || beat.Number > known.Number)
            {
                _last[beat.Node] = (beat.Number, nowMs);
            }
        }

        _lookedMs = nowMs;
    }

    /// <summary>The watch is interrupted: it begins anew with the next look.</summary>
    public void Interrupt() => _lookedMs = null;

    /// <summary>How long that member has been silent, as far as was seen until the last look.</summary>
    public long SilentMs(NodeId node) => _lookedMs is { } lookedMs && _last.TryGetValue(node, out (ulong Number, long SinceMs) known) ? lookedMs - known.SinceMs : 0;
}
