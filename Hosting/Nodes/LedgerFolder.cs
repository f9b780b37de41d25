using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>What lies where in a ledger's folder.</summary>
public sealed class LedgerFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>The organization's key. A node does not need it; whoever grants funds, or derives keys from names, does.</summary>
    public string OrganizationKeyFile => In("organization.key");

    /// <summary>The key with which this node signs root statements.</summary>
    public string NodeKeyFile => In("node.key");

    /// <summary>The ledger's parameters, as the organization fixed them.</summary>
    public string ParametersFile => In("ledger.json");

    /// <summary>Who signs this ledger's statements: what an offline verifier trusts.</summary>
    public string TrustFile => In("trust.json");

    /// <summary>Journal and snapshots.</summary>
    public string JournalFolder => In("journal");

    /// <summary>Which database's journal this ledger is in; absent while it is on files here.</summary>
    public string DatabaseFile => In("database.json");

    /// <summary>This node's certificate and its cluster's authority's.</summary>
    public string CertificatesFolder => In("certificates");

    /// <summary>The settings of a node that was let into a cluster, so that its folder alone starts it.</summary>
    public string ConfigurationFile => In("leither.json");

    /// <summary>The process id of the node of a development network that runs here; absent while none does.</summary>
    public string ProcessFile => In("node.pid");

    /// <summary>What imports note of their progress.</summary>
    public string ImportFolder => In("imports");

    /// <summary>Whether a ledger was made here.</summary>
    public bool HasLedger => File.Exists(ParametersFile);

    /// <summary>Where sealed transfers lie in a journal that is in a database: a cache of it.</summary>
    public string PlacesFolder(Guid journal) => In($"places-{journal:N}");

    /// <summary>Makes the folder where it is absent.</summary>
    /// <exception cref="CommandFailedException">It cannot be made; the message says what is in the way.</exception>
    public void Make()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The data folder {Path} cannot be used: {ObstacleTo(Path, exception)}. Name another with --data.");
        }
    }

    /// <summary>Why a folder cannot be made or opened, for people.</summary>
    internal static string ObstacleTo(string folder, Exception exception)
    {
        for (string? above = System.IO.Path.GetFullPath(folder); above is not null; above = System.IO.Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
            {
                return $"{above} is a file";
            }
        }

        return exception is UnauthorizedAccessException ? "this user may not write there" : exception.Message.TrimEnd('.');
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
