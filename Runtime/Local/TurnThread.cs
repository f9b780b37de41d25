namespace LeitherCluster.Runtime.Local;

/// <summary>
/// A thread that gives one mailbox its turns, whenever it asks for one. It starts with the first and ends when the mailbox's actor has: whatever asks after that
/// gets its turn on the thread pool.
/// </summary>
internal sealed class TurnThread(IThreadPoolWorkItem turn, Func<bool> hasEnded, string name)
{
    private readonly object _gate = new();
    private bool _isStarted;
    private bool _isAsked;
    private bool _isGone;

    /// <summary>One turn more. Asked again before it begins, it stays one.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _isAsked = true;
                StartOrWake();
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
    }

    private void StartOrWake()
    {
        if (_isStarted)
        {
            Monitor.Pulse(_gate);
            return;
        }

        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    private void Run()
    {
        while (Next())
        {
            turn.Execute();
        }
    }

    // Under the gate either this thread sees that it was asked, or who asks sees that it is gone.
    private bool Next()
    {
        lock (_gate)
        {
            while (!_isAsked)
            {
                if (hasEnded())
                {
                    _isGone = true;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _isAsked = false;
            return true;
        }
    }
}
