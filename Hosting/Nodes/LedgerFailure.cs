using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>A ledger that has failed for good: what it stands on is not what was written or signed, and no restart would change that.</summary>
internal static class LedgerFailure
{
    /// <summary>How often is looked whether it has.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Ends the command when the ledger has failed.</summary>
    /// <exception cref="CommandFailedException">It has; the message says what was found.</exception>
    public static void ThrowIfFailed(LedgerStatus status)
    {
        if (status.State == LedgerState.Failed)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The ledger stopped, with evidence: {status.Reason.TrimEnd('.')}. Look at the folder with 'leither journal verify'.");
        }
    }

    /// <summary>Returns when the ledger has failed, or when cancelled.</summary>
    public static async Task WatchAsync(ILedgerGateway gateway, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(LookEvery);
        try
        {
            while (gateway.Status.State != LedgerState.Failed)
            {
                await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how a node is meant to end.
        }
    }
}
