using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The actors of nodes.</summary>
internal static class ActorPalette
{
    private const int DepthMax = 16;

    public static Palette Palette { get; } = new(
        "actor",
        "The actors of nodes.",
        OperatorCommand.ShowsOfNodes(
            "hierarchy",
            "Show the actors, children below their parents, with the messages that wait for each.",
            "actor hierarchy --node n1 --depth 3",
            HierarchyAsync,
            OperatorArgument.Number("depth", "how deep to go below /user", 2, DepthMax),
            OperatorArgument.Flag("busy", "only those with messages waiting, or restarted")),
        OperatorCommand.ShowsOfNodes("stats", "Show how many actors there are, and what became of their messages.", "actor stats", StatsAsync));

    private static Task<OperatorDocument> HierarchyAsync(OperatorCall call, CancellationToken cancel)
    {
        var document = new OperatorDocument("depth", "actor", "type", "mail", "stash", "restarts", "below");
        long depthMax = call.Number("depth");
        bool isBusy = call.Flag("busy");
        IReadOnlyList<ActorInfo> all = call.Services.System.Walk();
        Dictionary<ActorPath, int> below = Below(all);
        foreach (ActorInfo actor in all)
        {
            int depth = DepthOf(actor.Path);
            if (depth <= depthMax && (!isBusy || actor.MailboxDepth > 0 || actor.StashDepth > 0 || actor.Restarts > 0))
            {
                document.Add(depth, new string(' ', 2 * depth) + actor.Path.Name, NameOf(actor.ActorType), actor.MailboxDepth, actor.StashDepth, actor.Restarts, below.GetValueOrDefault(actor.Path));
            }
        }

        return Task.FromResult(document);
    }

    private static Task<OperatorDocument> StatsAsync(OperatorCall call, CancellationToken cancel)
    {
        SystemMetrics metrics = call.Services.System.Metrics;
        var document = new OperatorDocument("live", "started", "restarts", "processed", "waiting", "deadLetters");
        document.Add(metrics.LiveActors, metrics.ActorsStarted, metrics.Restarts, metrics.MessagesProcessed, metrics.MailboxDepth, metrics.DeadLetters);
        return Task.FromResult(document);
    }

    private static Dictionary<ActorPath, int> Below(IReadOnlyList<ActorInfo> all)
    {
        Dictionary<ActorPath, int> below = [];
        foreach (ActorInfo actor in all)
        {
            for (ActorPath? above = actor.Path.Parent; above is not null; above = above.Parent)
            {
                below[above] = below.GetValueOrDefault(above) + 1;
            }
        }

        return below;
    }

    // The root is no actor; the guardian below it has depth 0.
    private static int DepthOf(ActorPath path)
    {
        int depth = -1;
        for (ActorPath? above = path.Parent; above is not null; above = above.Parent)
        {
            depth++;
        }

        return depth;
    }

    private static string NameOf(Type type) => type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name;
}
