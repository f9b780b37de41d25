using System.Collections.Concurrent;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Hosting.Api;

/// <summary>
/// Transfer batches for requests: at most <paramref name="countMax"/> are out at a time, and used again, so that the steady state
/// allocates none. Those that wait for their next use held at most <see cref="IdleBytesMax"/> in their last one; beyond it a batch is let go.
/// </summary>
public sealed class BatchPool(int countMax)
{
    /// <summary>Bytes of transfers that the waiting batches held in their last use, together.</summary>
    public const long IdleBytesMax = 256 << 20;

    private readonly ConcurrentBag<(TransferBatch Batch, int Bytes)> _idle = [];
    private long _idleBytes;
    private int _outCount;

    /// <summary>How many batches are out.</summary>
    public int OutCount => Volatile.Read(ref _outCount);

    /// <summary>Takes an empty batch; null when as many are out as may be.</summary>
    public TransferBatch? TryRent()
    {
        if (Interlocked.Increment(ref _outCount) > countMax)
        {
            Interlocked.Decrement(ref _outCount);
            return null;
        }

        if (!_idle.TryTake(out (TransferBatch Batch, int Bytes) idle))
        {
            return new TransferBatch();
        }

        Interlocked.Add(ref _idleBytes, -idle.Bytes);
        return idle.Batch;
    }

    /// <summary>Takes a batch back that the ledger does not hold (not submitted, refused, or answered).</summary>
    public void Return(TransferBatch batch)
    {
        int bytes = batch.LengthBytes;
        if (Interlocked.Add(ref _idleBytes, bytes) <= IdleBytesMax)
        {
            batch.Reset();
            _idle.Add((batch, bytes));
        }
        else
        {
            Interlocked.Add(ref _idleBytes, -bytes);
        }

        Interlocked.Decrement(ref _outCount);
    }

    /// <summary>Takes a batch back as soon as the ledger has answered it.</summary>
    public void ReturnWhenAnswered(TransferBatch batch)
    {
        if (batch.WhenAnswered.IsCompleted)
        {
            Return(batch);
        }
        else
        {
            _ = batch.WhenAnswered.ContinueWith(
                static (_, state) =>
                {
                    (BatchPool pool, TransferBatch answered) = ((BatchPool, TransferBatch))state!;
                    pool.Return(answered);
                },
                (this, batch),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
