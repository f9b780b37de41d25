using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Telemetry;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

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
        app.MapGet("/livez", () => Results.Text("live\n"))
            .WithSummary("200 as long as the process answers, whatever is with its database and the other nodes.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        app.MapGet("/readyz", ReadyAsync)
            .WithSummary("200 when transfers may be sent here: the ledger takes them, and in a cluster this node is a member at work that the table of members answers. Else 503 and why not.")
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

    private static async Task<IResult> ReadyAsync(ApiServices services)
    {
        LedgerStatus ledger = services.Gateway.Status;
        if (ledger.State != LedgerState.Running || services.Member is not { } member)
        {
            return Ready(services);
        }

        try
        {
            MembershipStatus seen = await member.StatusAsync().ConfigureAwait(false);
            return seen.Table.Find(member.Self)?.State != MemberState.Up ? Problem.Unavailable("This node is not at work in its cluster, or is leaving it.")
                : !seen.IsTableThere ? Problem.Unavailable("The table of members does not answer: see whether the database does.")
                : Ready(services);
        }
        catch (Exception busy) when (busy is TimeoutException or AskFailedException)
        {
            return Problem.Unavailable("The node does not say whether it is a member.");
        }
    }

    private static IResult Metrics(ApiServices services)
    {
        using var text = new StringWriter { NewLine = "\n" };
        services.Metrics.WriteTo(text);
        return Results.Text(text.ToString(), PrometheusCollector.ContentType);
    }
}
