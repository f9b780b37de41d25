using System.Runtime.CompilerServices;
using System.Text.Json;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The pulses, as a node sees them.</summary>
internal static class PulsePalette
{
    public static Palette Palette { get; } = new(
        "pulse",
        "The pulses of the ledger.",
        OperatorCommand.ShowsOfNodes("last", "Show the last beat that ended at each node, and how long its steps took, in milliseconds.", "pulse last", LastAsync),
        OperatorCommand.Follows("watch", "Follow the beats as they end at the node that is asked.", "pulse watch", WatchAsync));

    private static Task<OperatorDocument> LastAsync(OperatorCall call, CancellationToken cancel)
    {
        var document = new OperatorDocument("pulse", "beat", "at", "transfers", "sealed", "durable", "credited", "committed");
        if (call.Services.Gateway.Status.LastPulse is { } pulse)
        {
            document.Add(
                pulse.Sequence.Value,
                pulse.Beat.ToString(),
                DateTimeOffset.FromUnixTimeMilliseconds((long)pulse.At.UnixMs).ToString("HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture),
                pulse.Transfers,
                MillisecondsOf(pulse.SealedUs),
                MillisecondsOf(pulse.DurableUs),
                MillisecondsOf(pulse.CreditedUs),
                MillisecondsOf(pulse.CommittedUs));
        }

        return Task.FromResult(document);
    }

    private static decimal MillisecondsOf(long us) => Math.Round(us / 1_000m, 1);

    private static async IAsyncEnumerable<OperatorLine> WatchAsync(OperatorCall call, [EnumeratorCancellation] CancellationToken cancel)
    {
        var mapper = new ContractMapper(call.Services.Gateway.Parameters);
        await foreach (PulseSummary pulse in call.Services.Gateway.WatchPulsesAsync(cancel).ConfigureAwait(false))
        {
            PulseResult result = mapper.Map(pulse);
            yield return new OperatorLine(PulseLine.Format(result), JsonSerializer.SerializeToNode(result, ApiJson.Default.PulseResult)!.AsObject());
        }
    }
}
