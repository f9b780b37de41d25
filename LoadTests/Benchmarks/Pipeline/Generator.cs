using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>When a batch was due, and when all of it was answered; in ticks of the stopwatch.</summary>
internal readonly record struct BatchTimes(long Due, long Answered);

/// <summary>
/// Sends traffic from a thread of its own: at a given rate, whatever becomes of it, or as fast as answers make batches free. A batch
/// that is sent late counts from the time when it was due.
/// </summary>
internal sealed class Generator : IDisposable
{
    /// <summary>The name of its thread; the system shows its first 15 letters.</summary>
    public const string ThreadName = "load-generator";

    private readonly LedgerInProcess _ledger;
    private readonly Traffic _traffic;
    private readonly Slot[] _slots;
    private readonly List<BatchTimes> _times = [];
    private readonly Thread _thread;
    private readonly long _ticksPerBatch;
    private readonly long _batchesMax;
    private volatile bool _stop;
    private Exception? _failure;

    /// <param name="ledger">where it sends</param>
    /// <param name="traffic">what it sends, round after round, from its first batch on</param>
    /// <param name="perSecond">transfers a second; 0: as fast as answers come</param>
    /// <param name="batchesMax">when so many are sent it stops</param>
    public Generator(LedgerInProcess ledger, Traffic traffic, long perSecond, long batchesMax = long.MaxValue)
    {
        _batchesMax = batchesMax;
        _ledger = ledger;
        _traffic = traffic;
        _ticksPerBatch = perSecond == 0 ? 0 : Stopwatch.Frequency * traffic.BatchFrames / perSecond;
        _slots = [.. traffic.Batches.Select(batch => new Slot(batch, this))];
        _thread = new Thread(Run) { Name = ThreadName, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Stops sending, waits until everything is answered, and gives the times of all batches.</summary>
    public IReadOnlyList<BatchTimes> Finish()
    {
        _stop = true;
        _thread.Join();
        foreach (Slot slot in _slots)
        {
            slot.WaitUntilFree(_ledger);
        }

        return _failure is null ? _times : throw new InvalidOperationException("The generator failed.", _failure);
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            long due = Stopwatch.GetTimestamp();
            for (long sent = 0; !_stop && sent < _batchesMax; sent++)
            {
                Slot slot = _slots[sent % _slots.Length];
                slot.WaitUntilFree(_ledger);
                slot.Prepare(_traffic);
                due = _ticksPerBatch == 0 ? Stopwatch.GetTimestamp() : due + _ticksPerBatch;
                Schedule.WaitUntil(due);
                slot.Send(_ledger, due);
            }
        }
#pragma warning disable CA1031 // It is rethrown where the run is finished.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
            Console.Error.WriteLine(failure);
        }
    }

    private void Note(BatchTimes times)
    {
        lock (_times)
        {
            _times.Add(times);
        }
    }

    /// <summary>A batch and whether it is under way.</summary>
    private sealed class Slot
    {
        private readonly TransferBatch _batch;
        private readonly Action _onAnswered;
        private long _due;
        private volatile bool _isFree = true;

        public Slot(TransferBatch batch, Generator owner)
        {
            _batch = batch;
            _onAnswered = () =>
            {
                owner.Note(new BatchTimes(_due, Stopwatch.GetTimestamp()));
                _isFree = true;
            };
        }

        public void WaitUntilFree(LedgerInProcess ledger)
        {
            while (!_isFree)
            {
                ledger.ThrowIfFailed();
                Thread.Sleep(1);
            }
        }

        public void Prepare(Traffic traffic)
        {
            if (_batch.Count != 0)
            {
                traffic.NextRound(_batch);
            }
        }

        public void Send(LedgerInProcess ledger, long due)
        {
            _due = due;
            _isFree = false;
            while (!ledger.Gateway.TrySubmit(_batch))
            {
                ledger.ThrowIfFailed();
                Thread.Sleep(1);
            }

            _batch.WhenAnswered.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onAnswered);
        }
    }
}
