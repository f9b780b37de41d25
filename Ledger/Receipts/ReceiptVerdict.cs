namespace LeitherCluster.Ledger.Receipts;

/// <summary>What a verifier says of a receipt. The first that applies is the verdict; all but <see cref="Valid"/> mean that it shows nothing.</summary>
public enum ReceiptVerdict
{
    /// <summary>The transfer took effect as the receipt says.</summary>
    Valid = 0,

    /// <summary>The bytes or the text are no receipt in the form of docs/PROTOCOL.md, section 7.</summary>
    Malformed = 1,

    /// <summary>The root statement is another ledger's than the one asked for.</summary>
    OtherLedger = 2,

    /// <summary>The root statement names another committee.</summary>
    OtherCommittee = 3,

    /// <summary>A signature on the statement names a member that the committee does not have.</summary>
    UnknownSigner = 4,

    /// <summary>Fewer members signed the statement than must.</summary>
    TooFewSignatures = 5,

    /// <summary>A signature on the statement does not hold.</summary>
    BadStatementSignature = 6,

    /// <summary>The transfer is another ledger's than the statement.</summary>
    TransferOfOtherLedger = 7,

    /// <summary>The transfer, its acceptance or the hold that it makes had expired at the statement's timestamp.</summary>
    Expired = 8,

    /// <summary>The signer's signature does not hold, or its key does not open the account that pays.</summary>
    BadSignature = 9,

    /// <summary>The receiver's signature or standing acceptance does not cover the transfer.</summary>
    NotAccepted = 10,

    /// <summary>The item is not part of the bundle that was signed.</summary>
    NotInBundle = 11,

    /// <summary>The path does not lead from the transfer to the statement's windows root.</summary>
    NotInWindows = 12,

    /// <summary>The account is neither the sender's nor the receiver's.</summary>
    AccountOfNeither = 13,

    /// <summary>The account's record is not shown to be under the statement's root.</summary>
    AccountNotProven = 14,
}
