using LeitherCluster.Ledger.Receipts;

namespace LeitherCluster.Hosting.Commands.Receipts;

/// <summary>A receipt in a file: JSON or bytes.</summary>
internal static class ReceiptDocument
{
    /// <summary>Reads either form; null for anything else.</summary>
    public static Receipt? Read(ReadOnlySpan<byte> bytes) =>
        Receipt.TryRead(bytes, out Receipt? binary) ? binary
        : ReceiptJson.TryRead(bytes, out Receipt? text, out _) ? text
        : null;

    /// <summary>What a verdict means, as the end of a sentence.</summary>
    public static string Explain(ReceiptVerdict verdict) => verdict switch
    {
        ReceiptVerdict.Malformed => "the file is no receipt",
        ReceiptVerdict.OtherLedger => "it is of another ledger than the trusted one",
        ReceiptVerdict.OtherCommittee => "its statement names another committee than the trusted one",
        ReceiptVerdict.UnknownSigner => "its statement is signed by someone who is not of the committee",
        ReceiptVerdict.TooFewSignatures => "too few of the committee signed its statement",
        ReceiptVerdict.BadStatementSignature => "a signature on its statement is wrong",
        ReceiptVerdict.TransferOfOtherLedger => "the transfer is of another ledger",
        ReceiptVerdict.Expired => "the transfer or its acceptance had expired",
        ReceiptVerdict.BadSignature => "the payer's signature is wrong",
        ReceiptVerdict.NotAccepted => "the receiver's acceptance is wrong",
        ReceiptVerdict.NotInBundle => "the payment is not part of the bundle that was signed",
        ReceiptVerdict.NotInWindows => "the transfer is not part of what the statement commits",
        ReceiptVerdict.AccountOfNeither => "the account is neither the payer's nor the receiver's",
        ReceiptVerdict.AccountNotProven => "the account's record is not shown to be under the statement's root",
        _ => verdict.ToString(),
    };
}
