using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Gateway;

/// <summary>The ledger cannot answer now: it is starting, stopping, or holds its pulse for want of room.</summary>
public sealed class LedgerUnavailableException(string reason) : Exception(reason);

/// <summary>An account as of a pulse. <paramref name="Record"/> is null when there is none; the proof then shows its absence.</summary>
public sealed record AccountAnswer(AccountRecord? Record, IReadOnlyList<Hold> Holds, AccountProof Proof, SignedStatement Statement);

/// <summary>Where a transfer took effect.</summary>
public sealed record TransferPlace(Hash256 Id, TimeSequence Sequence, BeatNumber Beat, Timestamp At, uint Branch, uint Place);

/// <summary>A standing acceptance that the ingress may attach, with its receiver's key.</summary>
public sealed record RegisteredAcceptance(PublicKey Receiver, StandingAcceptance Acceptance);

/// <summary>A committed pulse: its statement, how many transfers it made take effect, and how many branches it changed.</summary>
public sealed record PulseAnswer(SignedStatement Statement, int Transfers, int Branches);

/// <summary>
/// One beat as the node saw it. When <paramref name="Changed"/> is false the sequence and root are those that still stand.
/// Durations are in microseconds of the node's own clock, from the beat: for people to look at, no part of the protocol.
/// </summary>
public sealed record PulseSummary(
    BeatNumber Beat,
    TimeSequence Sequence,
    Timestamp At,
    bool Changed,
    Hash256 Root,
    Amount Supply,
    int Transfers,
    int Branches,
    long SealedUs,
    long DurableUs,
    long CreditedUs,
    long CommittedUs);

/// <summary>What a ledger on this node is doing.</summary>
/// <param name="State">recovering, running, holding (no room or no journal), stopping, failed</param>
/// <param name="Reason">why it is not running, else empty</param>
public sealed record LedgerStatus(
    LedgerState State,
    string Reason,
    PulseSummary? LastPulse,
    long Accounts,
    long TransfersCommitted,
    long TransfersPending,
    long TransfersRefused,
    long BeatsSkipped,
    long JournalBytes,
    int SnapshotCount)
{
    /// <summary>Signatures that this node's ingresses verified.</summary>
    public long SignaturesVerified { get; init; }

    /// <summary>In how many rounds they did.</summary>
    public long VerifyingRounds { get; init; }

    /// <summary>What signatures that did not hold made verification cost on top, in parts that a signature has in a batch's equation.</summary>
    public long SignatureWorkWasted { get; init; }

    /// <summary>Transfers answered busy because their source had sent too many bad signatures.</summary>
    public long HeldOff { get; init; }
}

/// <summary>States of a ledger on a node.</summary>
public enum LedgerState
{
    Recovering,
    Running,
    Holding,
    Stopping,
    Failed,
}
