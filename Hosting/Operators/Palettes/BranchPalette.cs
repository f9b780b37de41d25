using System.Globalization;
using LeitherCluster.Actors;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The branches of the ledger.</summary>
internal static class BranchPalette
{
    public static Palette Palette { get; } = new(
        "branch",
        "The branches of the ledger.",
        OperatorCommand.ShowsOfNodes("list", "Show the branches that live on nodes, with the messages that wait for each.", "branch list --node n1", ListAsync),
        OperatorCommand.Shows("show", "Show who owns a branch, and which accounts it has.", "branch show 17", ShowAsync, OperatorArgument.Required("branch", "its number")));

    private static Task<OperatorDocument> ListAsync(OperatorCall call, CancellationToken cancel)
    {
        var document = new OperatorDocument("branch", "mail", "stash", "restarts");
        foreach (ActorInfo actor in call.Services.System.Walk().Where(actor => actor.ActorType == typeof(Branch)).OrderBy(actor => NumberOf(actor)))
        {
            document.Add(NumberOf(actor), actor.MailboxDepth, actor.StashDepth, actor.Restarts);
        }

        return Task.FromResult(document);
    }

    private static async Task<OperatorDocument> ShowAsync(OperatorCall call, CancellationToken cancel)
    {
        int bits = call.Services.Gateway.Parameters.Bands.DepthBits;
        if (!uint.TryParse(call.Required("branch"), NumberStyles.None, CultureInfo.InvariantCulture, out uint branch) || branch >= 1u << bits)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"Branches are numbered from 0 to {(1 << bits) - 1}.");
        }

        ShardLayout layout = await call.Services.Member.LayoutAsync().ConfigureAwait(false);
        var document = new OperatorDocument();
        document.Facts["branch"] = branch;
        document.Facts["accounts"] = $"ids whose first {bits} bits are {Convert.ToString((long)branch, 2).PadLeft(bits, '0')}";
        StreamId stream = LedgerStreams.Branch(call.Services.Gateway.Parameters.Ledger, branch);
        if (layout.Owners.TryGetValue(stream, out ShardOwner owner))
        {
            document.Facts["owner"] = owner.Node.ToString();
            document.Facts["epoch"] = owner.Epoch;
            document.Facts["ownerIs"] = call.Services.Member.Table.Find(owner.Node)?.State.ToString().ToLowerInvariant() ?? "gone";
        }

        return document;
    }

    private static uint NumberOf(ActorInfo actor) =>
        uint.TryParse(actor.Path.Name[(actor.Path.Name.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : uint.MaxValue;
}
