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

    /// <summary>What imports note of their progress.</summary>
    public string ImportFolder => In("imports");

    /// <summary>Whether a ledger was made here.</summary>
    public bool HasLedger => File.Exists(ParametersFile);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
