using LeitherCluster.Actors;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Hosting.Commands;
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
        OperatorCommand.Shows("stats", "Show how the shards are spread over the members.", "sharding stats", StatsAsync),
        OperatorCommand.Does(
            "move",
            "Have a shard kept by a node, from the next pause between two pulses on. It stays there while that node is at work, until 'sharding free' or 'cluster rebalance'.",
            "sharding move branch-17 n2",
            MoveAsync,
            OperatorArgument.Required("shard", "root, acceptances or branch-N") with { Choices = static services => [.. LedgerLayout.StreamsOf(services.Gateway.Parameters).Select(NameOf)] },
            OperatorArgument.RequiredNode("the node's name"),
            OperatorArgument.Number("wait", "for how many seconds to wait until it is there", WaitSDefault, WaitSMax)),
        OperatorCommand.Does(
            "free",
            "Take a move back: the shard goes where balance has it.",
            "sharding free branch-17",
            FreeAsync,
            OperatorArgument.Required("shard", "root, acceptances or branch-N") with { Choices = static services => [.. services.Member.Pins.Keys.Select(NameOf)] }));

    private const int WaitSDefault = 20;
    private const int WaitSMax = 600;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

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
        IReadOnlyDictionary<StreamId, string> pins = call.Services.Member.Pins;
        var document = new OperatorDocument("shard", "owner", "epoch", "movedTo");
        document.Facts["layout"] = layout.Version;
        string? node = call.Text("node");
        foreach ((StreamId stream, ShardOwner owner) in layout.Owners.OrderByDescending(owned => owned.Key.Kind).ThenBy(owned => owned.Key.Index))
        {
            if (node is null || owner.Node.Name == node)
            {
                document.Add(NameOf(stream), owner.Node.ToString(), owner.Epoch, pins.GetValueOrDefault(stream));
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

    private static async Task<OperatorDocument> MoveAsync(OperatorCall call, CancellationToken cancel)
    {
        StreamId stream = StreamOf(call);
        string name = call.Required("node");
        MemberRoles needed = stream.Kind == LedgerStreams.RootKind ? MemberRoles.Trunk : MemberRoles.Branch;
        if (call.Services.Member.Table.Up.FirstOrDefault(member => member.Id.Name == name) is not { } to)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"No node {name} is up; 'cluster show' has them all.");
        }

        if (!to.Roles.HasFlag(needed))
        {
            throw new CommandFailedException(ExitCode.Refused, $"{name} has not the role {needed.ToString().ToLowerInvariant()}, which {NameOf(stream)} needs.");
        }

        await call.Services.Member.Record.PinAsync(stream, name).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(call.Number("wait")));
        using var looks = new PeriodicTimer(s_look, call.Services.Clock);
        ShardOwner owner = await OwnerAsync(call, stream).ConfigureAwait(false);
        try
        {
            while (owner.Node != to.Id)
            {
                await looks.WaitForNextTickAsync(patience.Token).ConfigureAwait(false);
                owner = await OwnerAsync(call, stream).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The document says where it is.
        }

        OperatorDocument document = Standing(stream, owner, owner.Node == to.Id ? $"is at {to.Id}" : $"is to go to {name}, and has not gone yet");
        document.ExitCode = (int)(owner.Node == to.Id ? ExitCode.Ok : ExitCode.Busy);
        return document;
    }

    private static async Task<OperatorDocument> FreeAsync(OperatorCall call, CancellationToken cancel)
    {
        StreamId stream = StreamOf(call);
        await call.Services.Member.Record.PinAsync(stream, null).ConfigureAwait(false);
        return Standing(stream, await OwnerAsync(call, stream).ConfigureAwait(false), "goes where balance has it");
    }

    private static OperatorDocument Standing(StreamId stream, ShardOwner owner, string done)
    {
        var document = new OperatorDocument();
        document.Facts["shard"] = NameOf(stream);
        document.Facts["done"] = done;
        document.Facts["owner"] = owner.Node.ToString();
        document.Facts["epoch"] = owner.Epoch;
        return document;
    }

    private static async Task<ShardOwner> OwnerAsync(OperatorCall call, StreamId stream) =>
        (await call.Services.Member.LayoutAsync().ConfigureAwait(false)).Owners.GetValueOrDefault(stream);

    private static StreamId StreamOf(OperatorCall call)
    {
        string name = call.Required("shard");
        IReadOnlyList<StreamId> all = LedgerLayout.StreamsOf(call.Services.Gateway.Parameters);
        StreamId found = all.FirstOrDefault(stream => NameOf(stream) == name);
        return found != StreamId.WholeJournal ? found
            : throw new CommandFailedException(ExitCode.NotFound, $"There is no shard '{name}': there are root, acceptances, and branch-0 to branch-{all.Count - 3}.");
    }
}
