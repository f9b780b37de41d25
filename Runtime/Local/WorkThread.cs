namespace LeitherCluster.Runtime.Local;

/// <summary>
/// A thread of its own with a queue: urgent work in order, and idle work when there is no urgent. Disposing finishes the queue.
/// A work item that throws ends the thread; what waits is dropped, and <see cref="Failure"/> holds the exception.
/// </summary>
public sealed class WorkThread : IDisposable
{
    private readonly object _gate = new();
    private static readonly Action<object?, object?> s_call = static (call, _) => ((Action)call!)();

    private readonly Queue<Work> _urgent = new();
    private readonly Queue<Work> _idle = new();
    private readonly Thread _thread;
    private Exception? _failure;
    private bool _ending;

    public WorkThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public Exception? Failure => Volatile.Read(ref _failure);

    public void Enqueue(Action work) => Add(_urgent, new Work(s_call, work, null));

    /// <summary>Work that is asked for often: its step is made once, and what it is done with comes beside it.</summary>
    public void Enqueue(Action<object?, object?> step, object? first, object? second) => Add(_urgent, new Work(step, first, second));

    public void EnqueueIdle(Action work) => Add(_idle, new Work(s_call, work, null));

    public void Dispose()
    {
        lock (_gate)
        {
            _ending = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Add(Queue<Work> queue, in Work work)
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
                work.Step(work.First, work.Second);
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
    }

    private Work? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_urgent.TryDequeue(out Work work) || _idle.TryDequeue(out work))
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

    private readonly record struct Work(Action<object?, object?> Step, object? First, object? Second);
}
