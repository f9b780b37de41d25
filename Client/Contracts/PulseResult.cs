namespace LeitherCluster.Client.Contracts;

/// <summary>
/// One beat as the node saw it. Amounts are decimals of the ledger's token; durations are microseconds from the beat, by the node's own
/// clock.
/// </summary>
public sealed record PulseResult(
    ulong Sequence,
    string Beat,
    string At,
    bool Changed,
    string Root,
    string Supply,
    int Transfers,
    int Branches,
    long SealedUs,
    long DurableUs,
    long CreditedUs,
    long CommittedUs);
