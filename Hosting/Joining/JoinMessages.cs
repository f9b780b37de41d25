namespace LeitherCluster.Hosting.Joining;

/// <summary>A node's wish to be let in.</summary>
/// <param name="Cluster">name of the cluster</param>
/// <param name="Invitation">the invitation's number, 16 hexadecimal digits</param>
/// <param name="Secret">its secret, 64 hexadecimal digits</param>
/// <param name="Node">the name that the node is to have</param>
/// <param name="Request">PKCS #10 in PEM</param>
internal sealed record JoinRequest(string Cluster, string Invitation, string Secret, string Node, string Request);

/// <summary>What a node is let in with.</summary>
/// <param name="Certificate">the node's, in PEM</param>
/// <param name="Authority">the authority's, in PEM</param>
/// <param name="Cluster">name of the cluster</param>
/// <param name="Database">address of the journal's database, as the node that answers uses it</param>
/// <param name="Roles">what the node is to do: <c>ingress,branch,trunk</c></param>
/// <param name="Seeds">members at work, <c>host:port</c> each</param>
/// <param name="PulseCycleMs">time between beats</param>
/// <param name="FastMembership">whether dead members are noticed within a second</param>
/// <param name="Ledger">the ledger's parameters, the text of <c>ledger.json</c></param>
/// <param name="Bookkeeper">the key that signs root statements, the text of <c>node.key</c>; null for a node that never keeps the root</param>
internal sealed record JoinGrant(
    string Certificate,
    string Authority,
    string Cluster,
    string Database,
    string Roles,
    IReadOnlyList<string> Seeds,
    int PulseCycleMs,
    bool FastMembership,
    string Ledger,
    string? Bookkeeper);

/// <summary>A node was not let in.</summary>
/// <param name="Refusal">its number</param>
/// <param name="Name">its name</param>
/// <param name="Detail">what is wrong, and what to do</param>
internal sealed record JoinRefused(JoinRefusal Refusal, string Name, string Detail);

/// <summary>An invitation that was made.</summary>
/// <param name="Token">for the new node's operator; nobody can show it again</param>
/// <param name="Invitation">its number</param>
/// <param name="Cluster">name of the cluster</param>
/// <param name="Seed">where the new node asks</param>
/// <param name="Node">the only name that may use it; null: any</param>
/// <param name="Roles">what the new node is to do</param>
/// <param name="Expires">when it ends</param>
internal sealed record InvitationMade(string Token, string Invitation, string Cluster, string Seed, string? Node, string Roles, DateTimeOffset Expires)
{
    public static void WriteText(TextWriter output, InvitationMade made)
    {
        output.WriteLine($"cluster  {made.Cluster}");
        output.WriteLine($"for      {made.Node ?? "any name"}, {made.Roles}");
        output.WriteLine($"ends     {made.Expires:yyyy-MM-dd HH:mm} UTC");
        output.WriteLine();
        output.WriteLine($"leither node join {made.Seed} --token {made.Token}");
    }
}
