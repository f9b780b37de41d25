using LeitherCluster.Ledger.Receipts;

namespace LeitherCluster.Client;

/// <summary>A receipt that holds under what the client trusts, and what it shows: who paid whom how much, and when. To be kept: <c>Receipt.ToBytes()</c>.</summary>
public sealed record VerifiedReceipt(Receipt Receipt, ReceiptFindings Findings);
