using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Hosting.Commands.Clusters;

/// <summary><c>leither cluster show</c>.</summary>
internal sealed class ClusterShowCommand() : ClientCommand(
    "show",
    "Show the cluster as a node sees it, a row a member. Exit code 0 only when every member is up and reachable.",
    "leither cluster show",
    "leither cluster show --url http://127.0.0.1:7701 -o json")
{
    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        ClusterResult cluster = await client.GetAsync("/v1/cluster", ApiJson.Default.ClusterResult, null, cancel).ConfigureAwait(false);
        call.Write(cluster, ApiJson.Default.ClusterResult, WriteText);
        return cluster.Members.All(member => member is { State: "up", Reachable: true } or { State: "removed" }) ? ExitCode.Ok : ExitCode.Busy;
    }

    private static void WriteText(TextWriter output, ClusterResult cluster)
    {
        output.WriteLine($"cluster {cluster.Cluster}, seen by {cluster.Self}; members' version {cluster.Version}, layout {cluster.LayoutVersion}; leader {cluster.Leader ?? "none"}");
        output.WriteLine($"this node's certificate ends {cluster.CertificateEnds:yyyy-MM-dd}{(cluster.TableAnswers ? "" : "; the table of members does not answer")}");
        output.WriteLine();
        output.WriteLine($"{"name",-12} {"address",-22} {"roles",-20} {"state",-8} {"reachable",-9} {"version",-8} {"branches",8} root");
        foreach (MemberResult member in cluster.Members)
        {
            output.WriteLine(
                $"{$"{member.Name}#{member.Incarnation}",-12} {member.Address,-22} {string.Join(',', member.Roles),-20} {member.State,-8} {(member.Reachable ? "yes" : "no"),-9} {member.Version,-8} {member.Branches,8} {(member.Root ? "yes" : "")}");
        }
    }
}
