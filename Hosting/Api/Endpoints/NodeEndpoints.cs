using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Telemetry;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>The node itself: which ledger it keeps, how it is, and what it measures.</summary>
internal static class NodeEndpoints
{
    public static void Map(WebApplication app, RouteGroupBuilder v1)
    {
        v1.MapGet("/ledger", (ApiServices services) => Results.Json(services.Contracts.Map(services.Gateway.Committee, services.Options), ApiJson.Default.LedgerResult))
            .WithSummary("The ledger's parameters and committee: what an offline verifier trusts.")
            .Produces<LedgerResult>();
        v1.MapGet("/status", (ApiServices services) => Results.Json(StatusOf(services), ApiJson.Default.StatusResult))
            .WithSummary("What the ledger on this node is doing.")
            .Produces<StatusResult>();
        app.MapGet("/health/live", () => Results.Text("live\n"))
            .WithSummary("200 as long as the process answers.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        app.MapGet("/health/ready", Ready)
            .WithSummary("200 when the ledger takes transfers, else 503 and why not.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        app.MapGet("/metrics", Metrics)
            .WithSummary("What the node measures, in Prometheus' text format.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static StatusResult StatusOf(ApiServices services) =>
        services.Contracts.Map(services.Gateway.Status, services.Clock.GetUtcNow() - services.StartedAt);

    private static IResult Ready(ApiServices services)
    {
        LedgerStatus status = services.Gateway.Status;
        return status.State == LedgerState.Running
            ? Results.Text("ready\n")
            : Problem.Unavailable($"The ledger is {ContractMapper.NameOf(status.State)}. {status.Reason}".TrimEnd());
    }

    private static IResult Metrics(ApiServices services)
    {
        using var text = new StringWriter { NewLine = "\n" };
        services.Metrics.WriteTo(text);
        return Results.Text(text.ToString(), PrometheusCollector.ContentType);
    }
}
