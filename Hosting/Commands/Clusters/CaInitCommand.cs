using System.CommandLine;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Commands.Clusters;

/// <summary><c>leither ca init</c>.</summary>
internal sealed class CaInitCommand : LeitherCommand
{
    private readonly Option<string> _authority = AuthorityOption.Create();
    private readonly Argument<string> _cluster = new("cluster") { Description = "The cluster's name: 1 to 48 letters, digits, dots, hyphens and underscores." };

    public CaInitCommand()
        : base(
            "init",
            "Make a cluster's own certificate authority. Whoever has its folder can let nodes in: keep it where no node is.",
            "leither ca init seed --authority ./authority")
    {
        Add(_cluster);
        Add(_authority);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string folder = call.Value(_authority)!;
        AuthorityOutcome outcome = ClusterAuthority.TryCreate(folder, call.Required(_cluster), ClusterAuthority.DefaultValidity, LocalClock.Instance, LocalChance.Instance, out ClusterAuthority? authority);
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The authority in {folder} cannot be made: {ClusterCredentials.Explain(outcome)}.");
        }

        using (authority)
        {
            var made = new AuthorityText(authority!.Cluster, folder, authority.Fingerprint, DateTimeOffset.FromUnixTimeMilliseconds(authority.NotAfterMs));
            call.Write(made, CommandJson.Default.AuthorityText, AuthorityText.WriteText);
        }

        return Task.FromResult(ExitCode.Ok);
    }
}

/// <summary>A cluster's authority.</summary>
internal sealed record AuthorityText(string Cluster, string Folder, string Fingerprint, DateTimeOffset Ends)
{
    public static void WriteText(TextWriter output, AuthorityText authority)
    {
        output.WriteLine($"cluster      {authority.Cluster}");
        output.WriteLine($"authority    {authority.Folder}");
        output.WriteLine($"fingerprint  {authority.Fingerprint}");
        output.WriteLine($"ends         {authority.Ends:yyyy-MM-dd}");
    }
}
