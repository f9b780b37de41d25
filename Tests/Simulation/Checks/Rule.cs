namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>What must hold in every run.</summary>
internal enum Rule
{
    /// <summary>A group that the journal said was durable is there, byte for byte, whenever the journal is opened again.</summary>
    DurableIsKept,

    /// <summary>After a crash nothing is in the journal but what was durable and, whole, the group whose commit was under way.</summary>
    UncommittedIsAbsent,

    /// <summary>Every start writes under a higher epoch.</summary>
    EpochRises,

    /// <summary>What a stream holds was written by the node that the layout named then, under its epoch.</summary>
    OneOwner,

    /// <summary>A beat's number is never used again, and beats only go up.</summary>
    BeatsRise,

    /// <summary>n follows n - 1: none left out, none twice.</summary>
    SequenceHasNoGap,

    /// <summary>Every statement names the digest of the one before, and is signed.</summary>
    StatementsChain,

    /// <summary>Committed time never goes back.</summary>
    TimeGoesOn,

    /// <summary>The sum of all balances is what was issued, in every committed state.</summary>
    SupplyIsConserved,

    /// <summary>The root is that of a plain tree over the accounts that the sealed windows, executed plainly, give.</summary>
    RootFollows,

    /// <summary>What was sealed stands under the next statement.</summary>
    SealedIsCommitted,

    /// <summary>No transfer takes effect twice.</summary>
    TransferOnce,

    /// <summary>What took effect was allowed: funds, nonce, expiry, hold.</summary>
    TransferIsLegitimate,

    /// <summary>A hold that is due is released at the first beat after.</summary>
    DeadlineIsKept,

    /// <summary>A pulse is announced only when its statement is durable.</summary>
    AnnouncedIsDurable,

    /// <summary>Who is told "committed" finds the transfer under that statement, at that place.</summary>
    AnswerIsTrue,

    /// <summary>The same transfer gets the same answer, however often it is sent.</summary>
    SameAnswer,

    /// <summary>Everybody whose batch was taken gets an answer while the node is up.</summary>
    EverybodyIsAnswered,

    /// <summary>Beats go on, and a fresh transfer commits, when nothing stands in the way.</summary>
    Progress,

    /// <summary>No actor fails but of what was done to it.</summary>
    NothingElseFails,

    /// <summary>The journal opens again after everything that a disk may do short of inverting bits.</summary>
    OpensAgain,

    /// <summary>What the node says of accounts, now and as of older pulses, is what the plain ledger says, and is proven.</summary>
    StateIsReadBack,

    /// <summary>A committed transfer's receipt is to be had, and holds.</summary>
    ReceiptHolds,

    /// <summary>An acceptance that was registered is found.</summary>
    AcceptanceIsKept,

    /// <summary>An idle ledger has given all journal buffers back.</summary>
    BuffersComeBack,

    /// <summary>A run has at least 20 pulses under at least 3 faults.</summary>
    RunIsHardEnough,
}
