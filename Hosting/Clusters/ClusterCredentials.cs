using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Clusters;

/// <summary>Opens a node's certificate; what stands in the way is said in words for operators.</summary>
internal static class ClusterCredentials
{
    /// <summary>The certificate of the node that the options name.</summary>
    /// <exception cref="CommandFailedException">There is none, or it is another node's or cluster's.</exception>
    public static NodeIdentity Open(NodeOptions options)
    {
        string folder = options.Certificates ?? new LedgerFolder(options.DataFolder).CertificatesFolder;
        string advice = $"Make a request and have it signed: 'leither ca issue' does both where the authority is.";
        AuthorityOutcome outcome = NodeIdentity.TryOpen(folder, out NodeIdentity? identity);
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The certificate of node {options.Name} in {folder} cannot be used: {Explain(outcome)}. {advice}");
        }

        if (identity!.Cluster == options.Cluster && identity.Node == options.Name)
        {
            return identity;
        }

        identity.Dispose();
        throw new CommandFailedException(
            ExitCode.BadInput,
            $"The certificate in {folder} is of node {identity.Node} of cluster {identity.Cluster}, not of {options.Name} of {options.Cluster}. Say --name and --cluster as it has them, or get another. {advice}");
    }

    /// <summary>What an outcome means to whoever typed a command.</summary>
    public static string Explain(AuthorityOutcome outcome) => outcome switch
    {
        AuthorityOutcome.AlreadyThere => "there is one already, which is never written over",
        AuthorityOutcome.NotThere => "there is none",
        AuthorityOutcome.Corrupt => "its files cannot be read, or do not belong together",
        AuthorityOutcome.InvalidName => "names have 1 to 48 letters, digits, dots, hyphens and underscores",
        AuthorityOutcome.MalformedRequest => "it is no signing request",
        AuthorityOutcome.UnfitKey => "the request's key is not on the curve P-256",
        AuthorityOutcome.WrongCluster => "the request is for another cluster",
        AuthorityOutcome.NameMismatch => "the request is for another node",
        AuthorityOutcome.AuthorityExpired => "the authority's own certificate is over",
        AuthorityOutcome.AuthorityNotYetValid => "the authority's certificate begins in the future: a clock is off",
        AuthorityOutcome.WrongFingerprint => "the authority is not the one that was meant",
        AuthorityOutcome.WrongCertificate => "the certificate is for another key, or of another authority",
        AuthorityOutcome.KindMismatch => "the request is for a node where an operator's is asked for, or the other way round",
        _ => outcome.ToString(),
    };
}
