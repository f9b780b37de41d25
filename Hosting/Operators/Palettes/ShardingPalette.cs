using LeitherCluster.Actors;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>What is where: the shards are a ledger's streams, its branches and its root.</summary>
internal static class ShardingPalette
{
    public static Palette Palette { get; } = new(
        "sharding",
        "What is where in the cluster.",
        OperatorCommand.Shows("list", "Show every shard, its owner, and the epoch that fences its writes.", "sharding list --node n1", ListAsync, OperatorArgument.OptionalNode("only what that node owns")),
        OperatorCommand.Shows("stats", "Show how the shards are spread over the members.", "sharding stats", StatsAsync));

    /// <summary>What operators call a stream: root, acceptances, or branch-N.</summary>
    public static string NameOf(StreamId stream) => stream.Kind switch
    {
        LedgerStreams.RootKind => "root",
        LedgerStreams.AcceptancesKind => "acceptances",
        _ => $"branch-{stream.Index}",
    };

    private static async Task<OperatorDocument> ListAsync(OperatorCall call, CancellationToken cancel)
    {
        ShardLayout layout = await call.Services.Member.LayoutAsync().ConfigureAwait(false);
        var document = new OperatorDocument("shard", "owner", "epoch");
        document.Facts["layout"] = layout.Version;
        string? node = call.Text("node");
        foreach ((StreamId stream, ShardOwner owner) in layout.Owners.OrderByDescending(owned => owned.Key.Kind).ThenBy(owned => owned.Key.Index))
        {
            if (node is null || owner.Node.Name == node)
            {
                document.Add(NameOf(stream), owner.Node.ToString(), owner.Epoch);
            }
        }

        return document;
    }

    private static async Task<OperatorDocument> StatsAsync(OperatorCall call, CancellationToken cancel)
    {
        ShardLayout layout = await call.Services.Member.LayoutAsync().ConfigureAwait(false);
        MemberTable table = call.Services.Member.Table;
        var document = new OperatorDocument("node", "state", "branches", "share", "root", "acceptances");
        int branches = layout.Owners.Keys.Count(stream => stream.Kind == LedgerStreams.BranchKind);
        document.Facts["layout"] = layout.Version;
        document.Facts["shards"] = layout.Owners.Count;
        foreach (NodeId node in layout.Owners.Values.Select(owner => owner.Node).Concat(table.Up.Select(member => member.Id)).Distinct().OrderBy(node => node.Name, StringComparer.Ordinal).ThenBy(node => node.Incarnation))
        {
            int own = layout.Owners.Count(owned => owned.Value.Node == node && owned.Key.Kind == LedgerStreams.BranchKind);
            document.Add(
                node.ToString(),
                table.Find(node)?.State.ToString().ToLowerInvariant() ?? "gone",
                own,
                branches == 0 ? "" : $"{100.0 * own / branches:0.0} %",
                Has(LedgerStreams.RootKind),
                Has(LedgerStreams.AcceptancesKind));

            string Has(ushort kind) => layout.Owners.Any(owned => owned.Value.Node == node && owned.Key.Kind == kind) ? "yes" : "";
        }

        return document;
    }
}
