namespace LeitherCluster.Remoting.Peers;

/// <summary>Counts of one lane in one direction. Written by whoever works on the lane, read by anybody.</summary>
internal sealed class LaneCounters
{
    private long _connects;
    private long _messages;
    private long _bytes;
    private long _dropped;
    private long _pushedBack;
    private long _queuedMessages;
    private long _queuedBytes;
    private volatile bool _isConnected;

    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    public long QueuedMessages => Volatile.Read(ref _queuedMessages);

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    public LaneMetrics Snapshot() => new(
        _isConnected,
        Volatile.Read(ref _connects),
        Volatile.Read(ref _messages),
        Volatile.Read(ref _bytes),
        QueuedMessages,
        QueuedBytes,
        Volatile.Read(ref _dropped),
        Volatile.Read(ref _pushedBack));

    public void NoteConnected()
    {
        Interlocked.Increment(ref _connects);
        _isConnected = true;
    }

    public void NoteMoved(int messages, long bytes)
    {
        Interlocked.Add(ref _messages, messages);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void NoteDropped() => Interlocked.Increment(ref _dropped);

    public void NotePushedBack() => Interlocked.Increment(ref _pushedBack);

    /// <summary>Room for one more in the queue: true, and it counts as waiting; or false.</summary>
    public bool TryQueue(int bytes, LaneOptions limits)
    {
        bool fits = Interlocked.Increment(ref _queuedMessages) <= limits.QueueMessagesMax;
        fits &= Interlocked.Add(ref _queuedBytes, bytes) <= limits.QueueBytesMax;
        if (!fits)
        {
            NoteTaken(bytes);
        }

        return fits;
    }

    public void NoteTaken(int bytes)
    {
        Interlocked.Decrement(ref _queuedMessages);
        Interlocked.Add(ref _queuedBytes, -bytes);
    }
}
