using System.CommandLine;

namespace LeitherCluster.Hosting.Commands.Clusters;

/// <summary>The folder of a cluster's authority on the command line.</summary>
internal static class AuthorityOption
{
    public static Option<string> Create() => new("--authority") { Description = "The folder of the cluster's certificate authority.", HelpName = "DIR", DefaultValueFactory = _ => "authority" };
}
