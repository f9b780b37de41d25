namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>What these tests read of <c>GET /v1/status</c>.</summary>
internal sealed record NodeStatus(string State, string Reason, PulseLine? LastPulse, long Accounts, long JournalBytes);

/// <summary>What these tests read of a pulse in a status.</summary>
internal sealed record PulseLine(ulong Sequence, string Beat, string Root, string Supply);

/// <summary>What these tests read of <c>GET /v1/accounts/{id}</c>.</summary>
internal sealed record AccountLine(bool Exists, string Balance, ulong HighestNonce);

/// <summary>What these tests read of <c>GET /v1/transfers/{id}</c>.</summary>
internal sealed record TransferLine(string Outcome, ulong Sequence, uint Branch, uint Place);

/// <summary>What these tests read of <c>application/problem+json</c>.</summary>
internal sealed record ProblemLine(string? Type, string? Detail, int? Status, string? Outcome, int? OutcomeNumber);

/// <summary>What these tests read of <c>GET /v1/cluster</c>.</summary>
internal sealed record ClusterLine(string Self, string? Leader, IReadOnlyList<MemberLine> Members)
{
    /// <summary>The member that keeps the root; null when it is in nobody's hands.</summary>
    public string? Root => Members.FirstOrDefault(member => member.Root)?.Name;
}

/// <summary>One member of it.</summary>
internal sealed record MemberLine(string Name, uint Incarnation, string State, bool Reachable, int Branches, bool Root);
