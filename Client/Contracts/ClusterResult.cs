namespace LeitherCluster.Client.Contracts;

/// <summary>
/// The cluster as one node sees it. <c>state</c> of a member is joining, up, leaving, down or removed; <c>branches</c> are those that it owns by the layout, and
/// <c>root</c> says whether it keeps the root.
/// </summary>
public sealed record ClusterResult(
    string Cluster,
    string Self,
    string? Leader,
    ulong Version,
    ulong LayoutVersion,
    bool TableAnswers,
    DateTimeOffset CertificateEnds,
    IReadOnlyList<MemberResult> Members);

/// <summary>One member.</summary>
public sealed record MemberResult(string Name, uint Incarnation, string Address, IReadOnlyList<string> Roles, string State, bool Reachable, string Version, int Branches, bool Root);
