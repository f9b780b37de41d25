using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>A source that sends transfers whose signatures do not hold, at a steady rate, until it is disposed of.</summary>
internal sealed class SignatureFlood : IDisposable
{
    /// <summary>How many a second: verified, all of them would keep both cores of the machine in docs/PERFORMANCE.md busy.</summary>
    public const int PerSecond = 200_000;

    private readonly LedgerInProcess _ledger;
    private readonly TransferBatch[] _batches;
    private readonly Thread _thread;
    private long _judged;
    private long _heldOff;
    private volatile bool _isOver;

    public SignatureFlood(LedgerInProcess ledger, TransferBatch[] bad)
    {
        _ledger = ledger;
        _batches = bad;
        _thread = new Thread(Run) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>How many were answered that their signature is bad.</summary>
    public long Judged => Interlocked.Read(ref _judged);

    /// <summary>How many were answered busy, unverified.</summary>
    public long HeldOff => Interlocked.Read(ref _heldOff);

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Run()
    {
        long start = Stopwatch.GetTimestamp();
        Task[] answered = [.. _batches.Select(static _ => Task.CompletedTask)];
        for (long sent = 0; !_isOver; )
        {
            if (sent > PerSecond * Stopwatch.GetElapsedTime(start).TotalSeconds)
            {
                Thread.Sleep(1);
                continue;
            }

            int next = Task.WaitAny(answered);
            TransferBatch batch = _batches[next];
            Note(batch);
            batch.Rewind();
            if (_ledger.Gateway.TrySubmit(batch))
            {
                sent += SignedTraffic.BatchFrames;
                answered[next] = batch.WhenAnswered;
            }
        }
    }

    private void Note(TransferBatch batch)
    {
        foreach (TransferAnswer answer in batch.Answers)
        {
            Interlocked.Increment(ref answer.Outcome == Outcome.Busy ? ref _heldOff : ref _judged);
        }
    }
}
