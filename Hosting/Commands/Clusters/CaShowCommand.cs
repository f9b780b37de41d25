using System.CommandLine;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Commands.Clusters;

/// <summary><c>leither ca show</c>.</summary>
internal sealed class CaShowCommand : LeitherCommand
{
    private const int WarnDays = 30;

    private readonly Option<string> _authority = AuthorityOption.Create();

    public CaShowCommand()
        : base("show", $"Show a cluster's authority and what it issued. Warns of certificates that end within {WarnDays} days.", "leither ca show --authority ./authority", "leither ca show -o json")
    {
        Add(_authority);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string folder = call.Value(_authority)!;
        AuthorityOutcome outcome = ClusterAuthority.TryOpen(folder, out ClusterAuthority? authority);
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The authority in {folder} cannot be opened: {ClusterCredentials.Explain(outcome)}.");
        }

        using (authority)
        {
            IReadOnlyList<CertificateText> issued =
            [
                .. authority!.Issued().Select(each => new CertificateText(each.Node, CertificateText.NameOf(each.Kind), folder, each.Serial, DateTimeOffset.FromUnixTimeMilliseconds(each.NotAfterMs))),
            ];
            var shown = new AuthorityShown(new AuthorityText(authority.Cluster, folder, authority.Fingerprint, DateTimeOffset.FromUnixTimeMilliseconds(authority.NotAfterMs)), issued);
            DateTimeOffset soon = call.Console.Clock.GetUtcNow().AddDays(WarnDays);
            foreach (IGrouping<(string Kind, string Node), CertificateText> node in issued.GroupBy(each => (each.Kind, each.Node)).Where(node => node.Max(each => each.Ends) < soon))
            {
                call.Note($"warning: the certificate of {node.Key.Kind} {node.Key.Node} ends {node.Max(each => each.Ends):yyyy-MM-dd}; 'leither ca issue {(node.Key.Kind == "operator" ? "--operator " : "")}{node.Key.Node}' makes a new one.");
            }

            call.Write(shown, CommandJson.Default.AuthorityShown, AuthorityShown.WriteText);
        }

        return Task.FromResult(ExitCode.Ok);
    }
}

/// <summary>A cluster's authority and what it issued.</summary>
internal sealed record AuthorityShown(AuthorityText Authority, IReadOnlyList<CertificateText> Issued)
{
    public static void WriteText(TextWriter output, AuthorityShown shown)
    {
        AuthorityText.WriteText(output, shown.Authority);
        foreach (CertificateText certificate in shown.Issued)
        {
            output.WriteLine($"issued       {certificate.Kind} {certificate.Node}, serial {certificate.Serial}, ends {certificate.Ends:yyyy-MM-dd}");
        }
    }
}
