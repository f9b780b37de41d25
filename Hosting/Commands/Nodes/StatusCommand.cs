using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither status</c>.</summary>
internal sealed class StatusCommand() : ClientCommand(
    "status",
    "Show what a node is doing. Exit code 0 only when the ledger takes transfers.",
    "leither status",
    "leither status --url http://127.0.0.1:7700 -o json")
{
    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        StatusResult status = await client.GetAsync("/v1/status", ApiJson.Default.StatusResult, null, cancel).ConfigureAwait(false);
        call.Write(status, ApiJson.Default.StatusResult, WriteText);
        return status.State == "running" ? ExitCode.Ok : ExitCode.Busy;
    }

    private static void WriteText(TextWriter output, StatusResult status)
    {
        output.WriteLine($"state      {status.State}{(status.Reason.Length == 0 ? "" : $": {status.Reason}")}");
        if (status.LastPulse is { } pulse)
        {
            output.WriteLine($"pulse      {pulse.Sequence}, beat {pulse.Beat}, {pulse.At}");
            output.WriteLine($"root       {pulse.Root}");
            output.WriteLine($"supply     {pulse.Supply}");
        }

        output.WriteLine($"accounts   {status.Accounts} in the branches of this node");
        output.WriteLine($"transfers  {status.TransfersCommitted} committed, {status.TransfersPending} pending, {status.TransfersRefused} refused here since the start");
        output.WriteLine($"beats      {status.BeatsSkipped} skipped");
        output.WriteLine($"journal    {ByteText.Format(status.JournalBytes)}, {status.SnapshotCount} snapshots");
        output.WriteLine($"up         {TimeSpan.FromSeconds(status.UptimeS)}, version {status.Version}");
    }
}
