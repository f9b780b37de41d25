namespace LeitherCluster.Runtime.Local;

/// <summary>
/// A thread of its own with a queue: urgent work in order, and idle work when there is no urgent. Disposing finishes the queue.
/// A work item that throws ends the thread; what waits is dropped, and <see cref="Failure"/> holds the exception.
/// </summary>
internal sealed class WorkThread : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Action> _urgent = new();
    private readonly Queue<Action> _idle = new();
    private readonly Thread _thread;
    private Exception? _failure;
    private bool _ending;

    public WorkThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public Exception? Failure => Volatile.Read(ref _failure);

    public void Enqueue(Action work) => Add(_urgent, work);

    public void EnqueueIdle(Action work) => Add(_idle, work);

    public void Dispose()
    {
        lock (_gate)
        {
            _ending = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Add(Queue<Action> queue, Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ending, this);
            queue.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        try
        {
            while (Next() is { } work)
            {
                work();
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_urgent.TryDequeue(out Action? work) || _idle.TryDequeue(out work))
                {
                    return work;
                }

                if (_ending)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }
}
