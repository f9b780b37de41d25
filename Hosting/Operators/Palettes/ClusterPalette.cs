using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Persistence.PostgreSql.Operations;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The cluster and its members.</summary>
internal static class ClusterPalette
{
    private const int OperationCountMax = 1_000;

    public static Palette Palette { get; } = new(
        "cluster",
        "The cluster and its members.",
        [
        OperatorCommand.Shows("show", "Show the members, a row each. Exit code 0 only when every one is up and reachable.", "cluster show", ShowAsync),
        OperatorCommand.ShowsOfNodes("status", "Show what the ledger and the actors of each node are doing.", "cluster status", StatusAsync),
        OperatorCommand.Follows("tail", "Follow who comes and goes, and what moves.", "cluster tail", ClusterTail.FollowAsync),
        OperatorCommand.Shows(
            "operations",
            "Show what operators changed, and who they were.",
            "cluster operations --last 50",
            OperationsAsync,
            OperatorArgument.Number("last", "how many", 20, OperationCountMax)),
        .. MemberCommands.All,
        ]);

    private static async Task<OperatorDocument> ShowAsync(OperatorCall call, CancellationToken cancel)
    {
        MembershipStatus status = await call.Services.Member.StatusAsync().ConfigureAwait(false);
        ShardLayout layout = await call.Services.Member.LayoutAsync().ConfigureAwait(false);
        var document = new OperatorDocument("name", "address", "roles", "state", "reachable", "version", "branches");
        document.Facts["cluster"] = call.Services.Member.Cluster;
        document.Facts["seenBy"] = call.Services.Member.Self.ToString();
        document.Facts["leader"] = status.Table.Leader?.Id.ToString();
        document.Facts["root"] = layout.Owners.Where(owned => owned.Key.Kind == LedgerStreams.RootKind).Select(owned => owned.Value.Node.ToString()).FirstOrDefault();
        document.Facts["tableAnswers"] = status.IsTableThere;
        document.Facts["certificateEnds"] = DateTimeOffset.FromUnixTimeMilliseconds(call.Services.Member.CertificateEndsMs).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (call.Services.Member.CertificateEndsSoon(call.Services.Clock.GetUtcNow()) is { } ends)
        {
            document.Facts["warning"] = $"the certificate of {call.Services.Member.Self.Name} ends in {(ends - call.Services.Clock.GetUtcNow()).Days} days: leither ca issue {call.Services.Member.Self.Name}";
        }

        foreach (Member member in status.Table.Members.OrderBy(each => each.Id.Name, StringComparer.Ordinal).ThenBy(each => each.Id.Incarnation))
        {
            bool isThere = member.State == MemberState.Up && !status.Unreachable.Contains(member.Id);
            document.Add(
                member.Id.ToString(),
                member.Address,
                member.Roles == MemberRoles.All ? "all" : RolesText.Format(member.Roles),
                member.State.ToString().ToLowerInvariant(),
                isThere ? "yes" : "no",
                member.Version,
                layout.Owners.Count(owned => owned.Value.Node == member.Id && owned.Key.Kind == LedgerStreams.BranchKind));
            document.ExitCode = isThere || member.State == MemberState.Removed ? document.ExitCode : (int)ExitCode.Busy;
        }

        return document;
    }

    private static Task<OperatorDocument> StatusAsync(OperatorCall call, CancellationToken cancel)
    {
        LedgerStatus status = call.Services.Gateway.Status;
        SystemMetrics actors = call.Services.System.Metrics;
        var document = new OperatorDocument("ledger", "pulse", "committed", "pending", "refused", "actors", "mail", "reason");
        document.Add(
            ContractMapper.NameOf(status.State),
            status.LastPulse?.Sequence.Value,
            status.TransfersCommitted,
            status.TransfersPending,
            status.TransfersRefused,
            actors.LiveActors,
            actors.MailboxDepth,
            status.Reason);
        return Task.FromResult(document);
    }

    private static async Task<OperatorDocument> OperationsAsync(OperatorCall call, CancellationToken cancel)
    {
        var document = new OperatorDocument("number", "begun", "operator", "node", "command", "arguments", "exit", "outcome");
        foreach (Operation operation in await call.Services.Operations.ReadAsync((int)call.Number("last")).ConfigureAwait(false))
        {
            document.Add(
                operation.Number,
                operation.BegunAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                operation.Operator,
                operation.Node,
                operation.Command,
                operation.Arguments,
                operation.ExitCode,
                operation.Outcome ?? "no end recorded");
        }

        return document;
    }
}
