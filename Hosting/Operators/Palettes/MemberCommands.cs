using LeitherCluster.Actors;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>Who comes, who goes, and who keeps how much: the part of the palette <c>cluster</c> that changes members.</summary>
internal static class MemberCommands
{
    private const int MinutesDefault = 60;
    private const int WaitSDefault = 60;
    private const int WaitSMax = 600;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    public static IReadOnlyList<OperatorCommand> All { get; } =
    [
        OperatorCommand.Does(
            "invite",
            "Make a short-lived invitation for a new node; a node with the authority's folder does. 'leither node join' takes it.",
            "cluster invite --node n4 --minutes 30",
            InviteAsync,
            OperatorArgument.Optional("node", "the only name that may use it"),
            OperatorArgument.Optional("roles", "what the new node is to do", RolesText.Format(MemberRoles.All)),
            OperatorArgument.Number("minutes", "for how long it is good", MinutesDefault, JoinDesk.LifetimeMinutesMax),
            OperatorArgument.Optional("seed", "where the new node is to ask, host:port; where the asked node takes operators when left out")),
        OperatorCommand.Does(
            "leave",
            "Have a member hand over what it owns, and go. Answers when it owns nothing; fit for a preStop hook.",
            "cluster leave n3 --wait 60",
            LeaveAsync,
            OperatorArgument.RequiredNode("the member's name"),
            OperatorArgument.Number("wait", "for how many seconds to wait for that", WaitSDefault, WaitSMax)),
        OperatorCommand.Does(
            "down",
            "Give a member up at once: the others take over what it owns. For one that does not come back; a living one stops when it hears of it.",
            "cluster down n3",
            DownAsync,
            OperatorArgument.RequiredNode("the member's name")),
        OperatorCommand.Does(
            "down-unreachable",
            "Give up every member that does not answer the asked node.",
            "cluster down-unreachable",
            DownUnreachableAsync),
        OperatorCommand.Does(
            "drain",
            "Have a member keep nothing while it stays: what it owns moves away, a few streams at a time, between pulses.",
            "cluster drain n3",
            DrainAsync,
            OperatorArgument.RequiredNode("the member's name"),
            OperatorArgument.Flag("off", "take it back")),
        OperatorCommand.Does(
            "rebalance",
            "Take back all drains and pins, so that every member gets its share again, a few streams at a time.",
            "cluster rebalance",
            RebalanceAsync),
    ];

    private static async Task<OperatorDocument> InviteAsync(OperatorCall call, CancellationToken cancel)
    {
        long minutes = call.Number("minutes");
        MemberRoles roles = RolesText.Parse(call.Required("roles"))
            ?? throw new CommandFailedException(ExitCode.BadInput, "--roles must be some of ingress, branch and trunk, with commas.");
        if (minutes == 0)
        {
            throw new CommandFailedException(ExitCode.BadInput, "--minutes must be 1 at least.");
        }

        InvitationMade made = await call.Services.Joining.InviteAsync(
            call.Text("seed"), call.Text("node"), roles, TimeSpan.FromMinutes(minutes), call.Operator, call.Services.Clock.GetUtcNow()).ConfigureAwait(false);
        var document = new OperatorDocument();
        document.Facts["cluster"] = made.Cluster;
        document.Facts["node"] = made.Node ?? "any name";
        document.Facts["roles"] = made.Roles;
        document.Facts["expires"] = made.Expires.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        document.Facts["seed"] = made.Seed;
        document.Facts["token"] = made.Token;
        return document;
    }

    private static async Task<OperatorDocument> LeaveAsync(OperatorCall call, CancellationToken cancel)
    {
        ClusterMember member = call.Services.Member;
        NodeId node = Living(call).Id;
        await member.ChangeAsync(node, MemberState.Leaving).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(call.Number("wait")));
        using var looks = new PeriodicTimer(s_look);
        bool isEmpty = false;
        try
        {
            while (!(isEmpty = !await member.OwnsAnythingAsync(node).ConfigureAwait(false)))
            {
                await looks.WaitForNextTickAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The document says how far it came.
        }

        OperatorDocument document = await SharesAsync(call, $"{node} {(isEmpty ? "owns nothing any more" : "leaves, and still owns something")}").ConfigureAwait(false);
        document.ExitCode = (int)(isEmpty ? ExitCode.Ok : ExitCode.Busy);
        return document;
    }

    private static async Task<OperatorDocument> DownAsync(OperatorCall call, CancellationToken cancel)
    {
        NodeId node = Living(call).Id;
        await call.Services.Member.ChangeAsync(node, MemberState.Down).ConfigureAwait(false);
        return await SharesAsync(call, $"{node} is given up").ConfigureAwait(false);
    }

    private static async Task<OperatorDocument> DownUnreachableAsync(OperatorCall call, CancellationToken cancel)
    {
        MembershipStatus status = await call.Services.Member.StatusAsync().ConfigureAwait(false);
        NodeId[] unreachable = [.. status.Unreachable.Where(node => status.Table.Find(node) is { State: < MemberState.Down })];
        foreach (NodeId node in unreachable)
        {
            await call.Services.Member.ChangeAsync(node, MemberState.Down).ConfigureAwait(false);
        }

        return await SharesAsync(call, unreachable.Length == 0 ? "every member answers; nothing was changed" : $"{string.Join(", ", unreachable)} given up").ConfigureAwait(false);
    }

    private static async Task<OperatorDocument> DrainAsync(OperatorCall call, CancellationToken cancel)
    {
        string node = Living(call).Id.Name;
        bool isDrained = !call.Flag("off");
        await call.Services.Member.Record.DrainAsync(node, isDrained).ConfigureAwait(false);
        return await SharesAsync(call, isDrained ? $"{node} is to keep nothing" : $"{node} gets its share again").ConfigureAwait(false);
    }

    private static async Task<OperatorDocument> RebalanceAsync(OperatorCall call, CancellationToken cancel)
    {
        IReadOnlyList<string> drains = await call.Services.Member.Record.DrainsAsync().ConfigureAwait(false);
        foreach (string node in drains)
        {
            await call.Services.Member.Record.DrainAsync(node, isDrained: false).ConfigureAwait(false);
        }

        foreach (Runtime.Journaling.StreamId stream in (await call.Services.Member.Record.PinsAsync().ConfigureAwait(false)).Keys)
        {
            await call.Services.Member.Record.PinAsync(stream, null).ConfigureAwait(false);
        }

        return await SharesAsync(call, drains.Count == 0 ? "nobody was drained; shares are evened out as they are" : $"{string.Join(", ", drains)} get their shares again").ConfigureAwait(false);
    }

    /// <summary>What became of it, and who owns how much now.</summary>
    private static async Task<OperatorDocument> SharesAsync(OperatorCall call, string done)
    {
        ShardLayout layout = await call.Services.Member.LayoutAsync().ConfigureAwait(false);
        var document = new OperatorDocument("node", "state", "branches", "root");
        document.Facts["done"] = done;
        foreach (Member member in call.Services.Member.Table.Members.Where(member => member.State < MemberState.Removed).OrderBy(member => member.Id.Name, StringComparer.Ordinal))
        {
            document.Add(
                member.Id.ToString(),
                member.State.ToString().ToLowerInvariant(),
                layout.Owners.Count(owned => owned.Value.Node == member.Id && owned.Key.Kind == LedgerStreams.BranchKind),
                layout.Owners.Any(owned => owned.Value.Node == member.Id && owned.Key.Kind == LedgerStreams.RootKind) ? "yes" : "");
        }

        return document;
    }

    /// <summary>The life of a name that is not over.</summary>
    private static Member Living(OperatorCall call)
    {
        string name = call.Required("node");
        return call.Services.Member.Table.Members.FirstOrDefault(member => (member.Id.Name == name || member.Id.ToString() == name) && member.State < MemberState.Down)
            ?? throw new CommandFailedException(ExitCode.NotFound, $"No member {name} is there, or it is over already. 'cluster show' has them all.");
    }
}
