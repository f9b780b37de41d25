namespace LeitherCluster.Hosting.Api.Contracts;

/// <summary>A registered standing acceptance, spelt out, and as the bytes that a transfer carries.</summary>
public sealed record AcceptanceResult(
    string Receiver,
    string? Payer,
    string LargestAmount,
    string Expiry,
    string ReceiverKey,
    string Acceptance);
