namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// Which streams have appends that are neither committed nor failed, and the replays that wait for them. Thread-safe.
/// </summary>
/// <param name="release">Takes a replay whose stream has settled. Called under no lock.</param>
internal sealed class SettlementTable(Action<ReadRequest> release)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamId, int> _unsettled = [];
    private readonly List<ReadRequest> _waiting = [];

    public void Appended(StreamId stream)
    {
        lock (_gate)
        {
            _unsettled[stream] = _unsettled.GetValueOrDefault(stream) + 1;
        }
    }

    public void Settled(StreamId stream)
    {
        List<ReadRequest>? ready = null;
        lock (_gate)
        {
            int left = _unsettled[stream] - 1;
            if (left > 0)
            {
                _unsettled[stream] = left;
                return;
            }

            _unsettled.Remove(stream);
            for (int i = 0; i < _waiting.Count; i++)
            {
                if (_waiting[i].Stream == stream)
                {
                    (ready ??= []).Add(_waiting[i]);
                    _waiting.RemoveAt(i--);
                }
            }
        }

        ready?.ForEach(release);
    }

    /// <summary>Lets the replay go at once, or when its stream has settled.</summary>
    public void WhenSettled(ReadRequest replay)
    {
        lock (_gate)
        {
            if (_unsettled.ContainsKey(replay.Stream))
            {
                _waiting.Add(replay);
                return;
            }
        }

        release(replay);
    }
}
