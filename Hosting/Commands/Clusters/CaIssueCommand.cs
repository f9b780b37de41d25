using System.CommandLine;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Commands.Clusters;

/// <summary><c>leither ca issue</c>.</summary>
internal sealed class CaIssueCommand : LeitherCommand
{
    private const int DaysMax = 3_650;

    private readonly Option<string> _authority = AuthorityOption.Create();
    private readonly Argument<string> _node = new("name") { Description = "The node's name, or the operator's." };
    private readonly Option<bool> _operator = new("--operator") { Description = "For a person who operates the cluster, not for a node." };
    private readonly Option<string> _to = new("--to") { Description = "The folder that gets the key, its certificate and the authority's. A key that is there is kept.", HelpName = "DIR", Required = true };
    private readonly Option<int> _days = new("--days") { Description = "For how many days it is good.", HelpName = "N", DefaultValueFactory = _ => (int)ClusterAuthority.DefaultNodeValidity.TotalDays };

    public CaIssueCommand()
        : base(
            "issue",
            "Issue a certificate for a node or an operator, or a new one in place of one that ends.",
            "leither ca issue node-1 --to ./node-1/certificates --authority ./authority",
            "leither ca issue node-1 --to ./node-1/certificates --days 90 -o json",
            "leither ca issue --operator alice --to ./operator --authority ./authority")
    {
        Add(_node);
        Add(_operator);
        Add(_authority);
        Add(_to);
        Add(_days);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int days = call.Value(_days);
        if (days is < 1 or > DaysMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--days must be from 1 to {DaysMax}.");
        }

        string node = call.Required(_node);
        string folder = call.Required(_to);
        CertificateKind kind = call.Value(_operator) ? CertificateKind.Operator : CertificateKind.Node;
        IssuedCertificate issued = Issue(call.Value(_authority)!, node, folder, TimeSpan.FromDays(days), kind);
        var text = new CertificateText(node, CertificateText.NameOf(kind), folder, issued.Serial, DateTimeOffset.FromUnixTimeMilliseconds(issued.NotAfterMs));
        call.Write(text, CommandJson.Default.CertificateText, CertificateText.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>Makes the key of a node or an operator where there is none, and has the authority sign for it.</summary>
    /// <exception cref="CommandFailedException">It cannot be done.</exception>
    public static IssuedCertificate Issue(string authorityFolder, string node, string folder, TimeSpan validity, CertificateKind kind = CertificateKind.Node)
    {
        Require(ClusterAuthority.TryOpen(authorityFolder, out ClusterAuthority? authority), $"The authority in {authorityFolder} cannot be opened");
        using (authority)
        {
            Require(NodeIdentity.TryRequest(folder, authority!.Cluster, node, out string? request, kind), $"A request for {node} cannot be made in {folder}");
            Require(authority.TryIssue(request!, node, validity, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued, kind), $"A certificate for {node} cannot be issued");
            Require(NodeIdentity.TryAccept(folder, issued!.Pem, authority.CertificatePem, authority.Fingerprint, kind), $"The certificate of {node} cannot be put into {folder}");
            return issued;
        }
    }

    private static void Require(AuthorityOutcome outcome, string otherwise)
    {
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{otherwise}: {ClusterCredentials.Explain(outcome)}.");
        }
    }
}

/// <summary>A certificate of a node or an operator.</summary>
internal sealed record CertificateText(string Node, string Kind, string Folder, string Serial, DateTimeOffset Ends)
{
    public static string NameOf(CertificateKind kind) => kind.ToString().ToLowerInvariant();

    public static void WriteText(TextWriter output, CertificateText certificate)
    {
        output.WriteLine($"{certificate.Kind,-8}  {certificate.Node}");
        output.WriteLine($"folder    {certificate.Folder}");
        output.WriteLine($"serial    {certificate.Serial}");
        output.WriteLine($"ends      {certificate.Ends:yyyy-MM-dd}");
    }
}
