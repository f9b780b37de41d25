using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither top</c>.</summary>
internal sealed class TopCommand() : ClientCommand(
    "top",
    "Show a node's pulses and counters live, until Ctrl-C.",
    "leither top",
    "leither top --url http://127.0.0.1:7700")
{
    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        StatusResult status = await client.GetAsync("/v1/status", ApiJson.Default.StatusResult, null, cancel).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task asking = AskAsync(client, answer => Volatile.Write(ref status, answer), stopping.Token);
        await PulseView.RunAsync(
            call,
            $"ledger {ledger.Ledger[..8]} ({ledger.Token}) at {client.Endpoints[0]}",
            () => Caption(Volatile.Read(ref status)),
            client.WatchPulsesAsync(cancel),
            cancel).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return cancel.IsCancellationRequested ? ExitCode.Ok : throw new CommandFailedException(ExitCode.Unreachable, $"The node at {client.Endpoints[0]} stopped.");
    }

    private static IReadOnlyList<string> Caption(StatusResult status) =>
    [
        status.Reason.Length == 0 ? status.State : $"{status.State}: {status.Reason}",
        $"{status.TransfersCommitted:N0} transfers committed, {status.TransfersPending:N0} pending, {status.TransfersRefused:N0} refused",
        $"{status.Accounts:N0} accounts; journal {ByteText.Format(status.JournalBytes)}; {status.BeatsSkipped} beats skipped; up {TimeSpan.FromSeconds(status.UptimeS)}",
    ];

    private static async Task AskAsync(LedgerClient client, Action<StatusResult> take, CancellationToken cancel)
    {
        using var turns = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await turns.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            take(await client.GetAsync("/v1/status", ApiJson.Default.StatusResult, null, cancel).ConfigureAwait(false));
        }
    }
}
