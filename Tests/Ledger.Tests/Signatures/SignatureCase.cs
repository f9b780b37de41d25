namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>One signature, and whether ZIP-215 calls it valid, known by the way it was made or by the reference.</summary>
internal sealed record SignatureCase(string Name, byte[] Key, byte[] Message, byte[] Signature, bool IsValid);
