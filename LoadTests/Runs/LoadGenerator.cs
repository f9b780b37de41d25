using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>
/// Sends batches to a ledger in this process from a thread of its own, as a plan says. What is sent late counts from when it was due, so a slow
/// ledger, or a slow generator, cannot pass for a quick one.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(1);

    private readonly LedgerInProcess _ledger;
    private readonly Traffic _traffic;
    private readonly LoadTally _tally;
    private readonly TimeSpan _lateAfter;
    private readonly TrafficBooks? _books;
    private readonly Slot[] _slots;
    private readonly Thread _thread;
    private readonly LoadPlan _plan;
    private readonly long _start = Stopwatch.GetTimestamp();
    private double _processorSeconds;
    private int _underWay;
    private volatile bool _stop;
    private volatile Exception? _failure;

    /// <param name="ledger">where it sends</param>
    /// <param name="traffic">what it sends, round after round</param>
    /// <param name="plan">when</param>
    /// <param name="tally">what it counts in</param>
    /// <param name="lateAfter">how late a batch may be sent and still count as sent in time</param>
    /// <param name="books">what it books in besides; null when the journal tells all afterwards</param>
    public LoadGenerator(LedgerInProcess ledger, Traffic traffic, LoadPlan plan, LoadTally tally, TimeSpan lateAfter, TrafficBooks? books = null)
    {
        _ledger = ledger;
        _traffic = traffic;
        _plan = plan;
        _tally = tally;
        _lateAfter = lateAfter;
        _books = books;
        _slots = [.. traffic.Batches.Select((_, number) => new Slot(number, this))];
        _thread = new Thread(Run) { Name = Generator.ThreadName, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether the plan has ended, or the generator failed.</summary>
    public bool HasEnded => !_thread.IsAlive;

    /// <summary>What made it fail; null while nothing did.</summary>
    public Exception? Failure => _failure;

    /// <summary>What its thread has taken of a core.</summary>
    public double ProcessorSeconds => Volatile.Read(ref _processorSeconds);

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Sends no more, and waits until it has ended.</summary>
    public void Stop()
    {
        _stop = true;
        _thread.Join();
    }

    /// <summary>Waits until all that was sent is answered; false when some is not within this time.</summary>
    public bool Drain(TimeSpan patience)
    {
        _thread.Join();
        long until = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        while (Volatile.Read(ref _underWay) != 0)
        {
            if (Stopwatch.GetTimestamp() > until)
            {
                return false;
            }

            Thread.Sleep(s_glance);
        }

        return true;
    }

    public void Dispose() => Stop();

    private void Run()
    {
        try
        {
            for (int next = 0; !_stop;)
            {
                switch (_plan.Next(Elapsed, Volatile.Read(ref _underWay), out TimeSpan due))
                {
                    case LoadStep.End:
                        return;
                    case LoadStep.Wait:
                        Thread.Sleep(s_glance);
                        break;
                    default:
                        Send(_slots[next++ % _slots.Length], _start + (long)(due.TotalSeconds * Stopwatch.Frequency));
                        break;
                }
            }
        }
#pragma warning disable CA1031 // Whoever runs the load reads it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }
        finally
        {
            Volatile.Write(ref _processorSeconds, ThreadCore.ProcessorSeconds());
        }
    }

    private void Send(Slot slot, long due)
    {
        Schedule.WaitUntil(due);
        while (!slot.IsFree || !slot.TrySend(due))
        {
            if (_stop)
            {
                _tally.NoteUnsent(_traffic.BatchFrames);
                return;
            }

            _ledger.ThrowIfFailed();
            Thread.Sleep(s_glance);
        }

        Volatile.Write(ref _processorSeconds, ThreadCore.ProcessorSeconds());
        _tally.NoteSent(_traffic.BatchFrames, Stopwatch.GetElapsedTime(due) > _lateAfter);
    }

    /// <summary>A batch and whether it is under way.</summary>
    private sealed class Slot
    {
        private readonly int _number;
        private readonly TransferBatch _batch;
        private readonly LoadGenerator _owner;
        private readonly Action _onAnswered;
        private long _due;
        private bool _isReady;
        private volatile bool _isFree = true;

        public Slot(int number, LoadGenerator owner)
        {
            _number = number;
            _batch = owner._traffic.Batches[number];
            _owner = owner;
            _isReady = _batch.Count == 0;
            _onAnswered = OnAnswered;
        }

        public bool IsFree => _isFree;

        public bool TrySend(long due)
        {
            if (!_isReady)
            {
                _owner._traffic.Renew(_batch);
                _isReady = true;
            }

            _due = due;
            Interlocked.Increment(ref _owner._underWay);
            _isFree = false;
            if (!_owner._ledger.Gateway.TrySubmit(_batch))
            {
                _isFree = true;
                Interlocked.Decrement(ref _owner._underWay);
                return false;
            }

            _isReady = false;
            _batch.WhenAnswered.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onAnswered);
            return true;
        }

        private void OnAnswered()
        {
            _owner._tally.NoteAnswered(_batch, _due);
            _owner._books?.Note(_number);
            _isFree = true;
            Interlocked.Decrement(ref _owner._underWay);
        }
    }
}
