using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LeitherCluster.Actors;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>Tells who comes and goes in a cluster, and what moves, as the node that is asked sees it: a line for each difference between two looks.</summary>
internal static class ClusterTail
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    // The layout is read from the database: less often.
    private const int LooksALayout = 4;

    public static async IAsyncEnumerable<OperatorLine> FollowAsync(OperatorCall call, [EnumeratorCancellation] CancellationToken cancel)
    {
        Look before = Look.None;
        using var looks = new PeriodicTimer(s_look, call.Services.Clock);
        for (int look = 0; ; look++)
        {
            Look now = await LookAsync(call, before.Layout, look % LooksALayout == 0).ConfigureAwait(false);
            foreach ((string what, string text) in Differences(before, now))
            {
                DateTimeOffset at = call.Services.Clock.GetUtcNow();
                yield return new OperatorLine(
                    string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff} {text}"),
                    new JsonObject { ["at"] = at.ToString("O", CultureInfo.InvariantCulture), ["what"] = what, ["text"] = text });
            }

            before = now;
            if (!await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            {
                yield break;
            }
        }
    }

    /// <summary>What is different, in words: the kind of it, and the sentence.</summary>
    internal static IEnumerable<(string What, string Text)> Differences(Look before, Look now)
    {
        foreach (Member member in now.Status.Table.Members.OrderBy(member => member.Id.Name, StringComparer.Ordinal))
        {
            if (before.Status.Table.Find(member.Id)?.State != member.State)
            {
                yield return ("member", $"{member.Id} at {member.Address} is {member.State.ToString().ToLowerInvariant()}");
            }
        }

        foreach (Member member in before.Status.Table.Members.Where(member => now.Status.Table.Find(member.Id) is null))
        {
            yield return ("member", $"{member.Id} is no longer in the table");
        }

        foreach (NodeId node in now.Status.Unreachable.Except(before.Status.Unreachable))
        {
            yield return ("reach", $"{node} cannot be reached");
        }

        foreach (NodeId node in before.Status.Unreachable.Except(now.Status.Unreachable).Where(node => now.Status.Table.Find(node)?.State == MemberState.Up))
        {
            yield return ("reach", $"{node} can be reached again");
        }

        if (before.Status.Table.Leader?.Id != now.Status.Table.Leader?.Id)
        {
            yield return ("leader", now.Status.Table.Leader is { } leader ? $"{leader.Id} leads" : "nobody leads");
        }

        if (before.Status.IsTableThere != now.Status.IsTableThere)
        {
            yield return ("table", now.Status.IsTableThere ? "the table of members answers" : "the table of members does not answer");
        }

        if (before.Layout.Version != now.Layout.Version)
        {
            yield return ("layout", $"layout {now.Layout.Version}: {string.Join(", ", SharesOf(now.Layout))}");
        }
    }

    private static IEnumerable<string> SharesOf(ShardLayout layout) => layout.Owners
        .GroupBy(owned => owned.Value.Node, owned => owned.Key)
        .OrderBy(owned => owned.Key.Name, StringComparer.Ordinal)
        .Select(owned => $"{owned.Key} has {owned.Count(stream => stream.Kind == LedgerStreams.BranchKind)} branches{(owned.Any(stream => stream.Kind == LedgerStreams.RootKind) ? " and the root" : "")}");

    // A database that is away shows in the status; the layout is then the last one that was known.
    private static async Task<Look> LookAsync(OperatorCall call, ShardLayout known, bool isRead)
    {
        MembershipStatus status = await call.Services.Member.StatusAsync().ConfigureAwait(false);
        try
        {
            return new Look(status, isRead && status.IsTableThere ? await call.Services.Member.LayoutAsync().ConfigureAwait(false) : known);
        }
        catch (Exception away) when (away is Commands.CommandFailedException or TimeoutException)
        {
            return new Look(status, known);
        }
    }

    /// <summary>The cluster at one look.</summary>
    internal sealed record Look(MembershipStatus Status, ShardLayout Layout)
    {
        /// <summary>Before the first.</summary>
        public static Look None { get; } = new(new MembershipStatus(null, MemberTable.Empty, [], [], false, true), ShardLayout.Empty);
    }
}
