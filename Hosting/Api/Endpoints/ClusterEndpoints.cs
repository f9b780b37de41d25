using LeitherCluster.Actors;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>The cluster, as this node sees it.</summary>
internal static class ClusterEndpoints
{
    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/cluster", ShowAsync)
        .WithSummary("The members of the cluster and what each of them owns. 404 on a node that is a ledger by itself.")
        .Produces<ClusterResult>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ShowAsync(ApiServices services)
    {
        if (services.Member is not { } member)
        {
            return Problem.Create(StatusCodes.Status404NotFound, "no-cluster", "This node is a ledger by itself", "It was started without --cluster.");
        }

        MembershipStatus status = await member.StatusAsync().ConfigureAwait(false);
        ShardLayout layout = await member.LayoutAsync().ConfigureAwait(false);
        return Results.Json(Of(member, status, layout), ApiJson.Default.ClusterResult);
    }

    private static ClusterResult Of(ClusterMember member, MembershipStatus status, ShardLayout layout) => new(
        member.Cluster,
        member.Self.ToString(),
        status.Table.Leader?.Id.Name,
        status.Table.Version,
        layout.Version,
        status.IsTableThere,
        DateTimeOffset.FromUnixTimeMilliseconds(member.CertificateEndsMs),
        [.. status.Table.Members.OrderBy(each => each.Id.Name, StringComparer.Ordinal).ThenBy(each => each.Id.Incarnation).Select(each => Of(each, status, layout))]);

    private static MemberResult Of(Member member, MembershipStatus status, ShardLayout layout) => new(
        member.Id.Name,
        member.Id.Incarnation,
        member.Address,
        RolesText.Names(member.Roles),
        member.State.ToString().ToLowerInvariant(),
        member.State == MemberState.Up && !status.Unreachable.Contains(member.Id),
        member.Version,
        layout.Owners.Count(owned => owned.Value.Node == member.Id && owned.Key.Kind == LedgerStreams.BranchKind),
        layout.Owners.Any(owned => owned.Value.Node == member.Id && owned.Key.Kind == LedgerStreams.RootKind));
}
