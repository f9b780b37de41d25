using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The journal, as nodes write it.</summary>
internal static class JournalPalette
{
    public static Palette Palette { get; } = new(
        "journal", "The journal that nodes write to.", OperatorCommand.ShowsOfNodes("status", "Show the journal of each node, whether its writes get through, and how long the last took, in milliseconds.", "journal status", StatusAsync));

    private static Task<OperatorDocument> StatusAsync(OperatorCall call, CancellationToken cancel)
    {
        JournalUsage usage = call.Services.System.Journal.Usage;
        Actors.Gateway.LedgerStatus status = call.Services.Gateway.Status;
        var document = new OperatorDocument("database", "bytes", "snapshots", "ledger", "durable", "reason");
        document.Add(
            DatabaseOption.Parse(call.Services.Options.Database!).ToString(),
            usage.Bytes,
            usage.Snapshots,
            Api.ContractMapper.NameOf(status.State),
            status.LastPulse is { } pulse ? Math.Round(pulse.DurableUs / 1_000m, 1) : null,
            status.Reason);
        return Task.FromResult(document);
    }
}
