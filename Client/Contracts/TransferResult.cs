namespace LeitherCluster.Client.Contracts;

/// <summary>
/// What became of one transfer. <c>outcome</c> and <c>outcomeNumber</c> are those of docs/PROTOCOL.md, section 8; place, sequence and time
/// are there once it is committed.
/// </summary>
public sealed record TransferResult(
    string Id,
    string Outcome,
    int OutcomeNumber,
    ulong? Sequence = null,
    uint? Branch = null,
    uint? Place = null,
    string? At = null);
