namespace LeitherCluster.Client.Contracts;

/// <summary>What a ledger on this node is doing. <c>state</c> is recovering, running, holding, stopping or failed; <c>reason</c> says why it is not running.</summary>
public sealed record StatusResult(
    string State,
    string Reason,
    long Accounts,
    long TransfersCommitted,
    long TransfersPending,
    long TransfersRefused,
    long BeatsSkipped,
    long JournalBytes,
    int SnapshotCount,
    long UptimeS,
    string Version,
    PulseResult? LastPulse = null);
