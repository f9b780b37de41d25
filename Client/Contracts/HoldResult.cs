namespace LeitherCluster.Client.Contracts;

/// <summary>A part of a balance that is held for a receiver until it is posted, released, or expires.</summary>
public sealed record HoldResult(ulong Nonce, string Amount, string Receiver, string Expiry, string? Controller = null);
