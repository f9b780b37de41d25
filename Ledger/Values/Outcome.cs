namespace LeitherCluster.Ledger.Values;

/// <summary>
/// What became of a transfer. The numbers are part of the protocol and never change. A refusal's number is also its place in
/// the order of checks: when several apply, the lowest is the answer. No refusal is remembered, and none uses up a nonce.
/// </summary>
public enum Outcome : ushort
{
    /// <summary>Accepted into a window and not yet under a signed root statement; may be sent again safely.</summary>
    Pending = 0,

    /// <summary>Durable under a signed root statement.</summary>
    Committed = 1,

    /// <summary>The bytes are no well-formed transfer of a known kind.</summary>
    Malformed = 10,

    /// <summary>The transfer names another ledger.</summary>
    WrongLedger = 11,

    /// <summary>The amount, or an item's, is zero.</summary>
    AmountZero = 12,

    /// <summary>The amount, or an item's, is below the ledger's minimum.</summary>
    BelowMinimum = 13,

    /// <summary>A sum (of a bundle, or of what would be issued) does not fit 64 bits.</summary>
    AmountOverflow = 14,

    /// <summary>The expiry, or the hold's, lies further ahead than the ledger allows.</summary>
    ExpiryTooFar = 15,

    /// <summary>The signer's signature (for issuance, the organization's) is missing or wrong, its key does not open the account, or is of small order.</summary>
    BadSignature = 16,

    /// <summary>The receiver's key, signature or standing acceptance does not cover this transfer.</summary>
    NotAccepted = 17,

    /// <summary>The expiry of the transfer, of its hold or of its acceptance has passed in committed time.</summary>
    Expired = 18,

    /// <summary>Another transfer has used or reserved this nonce.</summary>
    NonceUsed = 19,

    /// <summary>The nonce is 64 or more below the sender's highest.</summary>
    NonceTooOld = 20,

    /// <summary>The nonce is more than 64 above the sender's highest.</summary>
    NonceTooFarAhead = 21,

    /// <summary>No account has the sender's id.</summary>
    UnknownSender = 22,

    /// <summary>The sender's account is frozen.</summary>
    AccountFrozen = 23,

    /// <summary>The sender's spendable balance does not cover the amount.</summary>
    InsufficientFunds = 24,

    /// <summary>The account already has as many holds as it may (64).</summary>
    TooManyHolds = 25,

    /// <summary>No open hold has this owner and nonce.</summary>
    UnknownHold = 26,

    /// <summary>The hold names another receiver, holds another amount than the post says, or less than it pays.</summary>
    HoldMismatch = 27,

    /// <summary>The signer may not do this to the hold.</summary>
    NotPermitted = 28,

    /// <summary>A bound is reached (window, queue, or no room in the journal): nothing was done, try again.</summary>
    Busy = 29,
}
