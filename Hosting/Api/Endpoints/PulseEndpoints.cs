using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Values;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Pulses: one by its time sequence, the newest, and all as they come. They show nobody's balance, so anyone may ask.</summary>
internal static class PulseEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/pulses/latest", (ApiServices services, CancellationToken cancel) => ReadAsync(null, services, cancel))
            .WithSummary("The newest pulse, with its signed root statement.")
            .Produces<SignedPulseResult>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet("/pulses/{sequence}", (ulong sequence, ApiServices services, CancellationToken cancel) => ReadAsync(new TimeSequence(sequence), services, cancel))
            .WithSummary("A retained pulse, with its signed root statement.")
            .Produces<SignedPulseResult>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet("/pulses/stream", Stream)
            .WithSummary("Every beat as it ends, as server-sent events named 'pulse'. A reader that falls 256 behind loses the oldest.")
            .Produces<PulseResult>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static async Task<IResult> ReadAsync(TimeSequence? sequence, ApiServices services, CancellationToken cancel)
    {
        PulseAnswer? answer = await services.Gateway.ReadPulseAsync(sequence, cancel).ConfigureAwait(false);
        return answer is null
            ? Problem.NotFound(sequence is null ? "The ledger has no pulse yet." : $"Pulse {sequence} is not retained, or has not been.")
            : Results.Json(services.Contracts.Map(answer), ApiJson.Default.SignedPulseResult);
    }

    private static ServerSentEventsResult<PulseResult> Stream(ApiServices services, IHostApplicationLifetime lifetime, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(ReadEventsAsync(services, lifetime.ApplicationStopping, cancel));

    private static async IAsyncEnumerable<SseItem<PulseResult>> ReadEventsAsync(
        ApiServices services,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        IAsyncEnumerator<PulseSummary> pulses = services.Gateway.WatchPulsesAsync(either.Token).GetAsyncEnumerator(either.Token);
        await using (pulses.ConfigureAwait(false))
        {
            while (await MoveNextAsync(pulses, either.Token).ConfigureAwait(false))
            {
                PulseSummary pulse = pulses.Current;
                yield return new SseItem<PulseResult>(services.Contracts.Map(pulse), "pulse") { EventId = pulse.Beat.ToString() };
            }
        }
    }

    // A reader that leaves and a node that stops are how a stream ends, and no failure.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<PulseSummary> pulses, CancellationToken end)
    {
        try
        {
            return await pulses.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return false;
        }
    }
}
