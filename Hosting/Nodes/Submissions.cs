using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>Submitting from inside the process that keeps the ledger.</summary>
internal static class Submissions
{
    /// <summary>How long to wait before a full ingress is tried again.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>How often a wait for answers looks whether the ledger still runs.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Hands a batch over, waiting while the ingress is full, and waits until all of it is answered.</summary>
    /// <exception cref="CommandFailedException">The ledger has stopped.</exception>
    public static async Task<TransferAnswer[]> SendAsync(ILedgerGateway gateway, TransferBatch batch, CancellationToken cancel)
    {
        await SubmitAsync(gateway, batch, cancel).ConfigureAwait(false);
        await AnsweredAsync(gateway, batch, cancel).ConfigureAwait(false);
        return batch.Answers.ToArray();
    }

    /// <summary>Waits until all of a batch is answered.</summary>
    /// <exception cref="CommandFailedException">The ledger has stopped, so that no answer will come.</exception>
    public static async Task AnsweredAsync(ILedgerGateway gateway, TransferBatch batch, CancellationToken cancel)
    {
        while (!batch.WhenAnswered.IsCompleted)
        {
            ThrowIfStopped(gateway);
            await Task.WhenAny(batch.WhenAnswered, Task.Delay(LookEvery, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Hands a batch over, waiting while the ingress is full.</summary>
    /// <exception cref="CommandFailedException">The ledger has stopped.</exception>
    public static async Task SubmitAsync(ILedgerGateway gateway, TransferBatch batch, CancellationToken cancel)
    {
        while (!gateway.TrySubmit(batch))
        {
            ThrowIfStopped(gateway);
            await Task.Delay(RetryDelay, cancel).ConfigureAwait(false);
        }
    }

    private static void ThrowIfStopped(ILedgerGateway gateway)
    {
        LedgerStatus status = gateway.Status;
        LedgerFailure.ThrowIfFailed(status);
        if (status.State == LedgerState.Stopping)
        {
            throw new CommandFailedException(ExitCode.Busy, $"The ledger has stopped. {status.Reason}");
        }
    }
}
