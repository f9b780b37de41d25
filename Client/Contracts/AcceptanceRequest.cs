namespace LeitherCluster.Client.Contracts;

/// <summary>A standing acceptance to register: the receiver's public key, and the 144 bytes of docs/PROTOCOL.md, section 3, in hexadecimal.</summary>
public sealed record AcceptanceRequest(string ReceiverKey, string Acceptance);
