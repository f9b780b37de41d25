using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The journal, as nodes write it.</summary>
internal static class JournalPalette
{
    public static Palette Palette { get; } = new(
        "journal", "The journal that nodes write to.", OperatorCommand.ShowsOfNodes("status", "Show the journal of each node, and whether its writes get through.", "journal status", StatusAsync));

    private static Task<OperatorDocument> StatusAsync(OperatorCall call, CancellationToken cancel)
    {
        JournalUsage usage = call.Services.System.Journal.Usage;
        Actors.Gateway.LedgerStatus status = call.Services.Gateway.Status;
        var document = new OperatorDocument("database", "bytes", "snapshots", "ledger", "durableMs", "reason");
        document.Add(
            DatabaseOption.Parse(call.Services.Options.Database!).ToString(),
            usage.Bytes,
            usage.Snapshots,
            Api.ContractMapper.NameOf(status.State),
            status.LastPulse is { } pulse ? Views.PulseLine.Milliseconds(pulse.DurableUs) : null,
            status.Reason);
        return Task.FromResult(document);
    }
}
