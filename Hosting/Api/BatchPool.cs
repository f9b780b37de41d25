using System.Collections.Concurrent;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Hosting.Api;

/// <summary>
/// Transfer batches for requests: at most <paramref name="countMax"/> are out at a time, and used again, so that the steady state
/// allocates none. A batch that grew beyond <see cref="KeptBytesMax"/> is not kept.
/// </summary>
public sealed class BatchPool(int countMax)
{
    /// <summary>The largest batch that waits in the pool for its next use, in bytes.</summary>
    public const int KeptBytesMax = 8 << 20;

    private readonly ConcurrentBag<TransferBatch> _idle = [];
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

        return _idle.TryTake(out TransferBatch? batch) ? batch : new TransferBatch();
    }

    /// <summary>Takes a batch back that the ledger does not hold (not submitted, refused, or answered).</summary>
    public void Return(TransferBatch batch)
    {
        if (batch.LengthBytes <= KeptBytesMax)
        {
            batch.Reset();
            _idle.Add(batch);
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
