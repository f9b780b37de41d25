namespace LeitherCluster.Client.Contracts;

/// <summary>A registered standing acceptance, spelt out, and as the bytes that a transfer carries. Without a payer it is for anyone's payments.</summary>
public sealed record AcceptanceResult(
    string Receiver,
    string LargestAmount,
    string Expiry,
    string ReceiverKey,
    string Acceptance,
    string? Payer = null);
