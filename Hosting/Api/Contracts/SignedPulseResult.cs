namespace LeitherCluster.Hosting.Api.Contracts;

/// <summary>A pulse with its root statement (224 bytes, docs/PROTOCOL.md, section 5) and the signatures over it, in hexadecimal.</summary>
public sealed record SignedPulseResult(PulseResult Pulse, string StatementDigest, string SignedStatement);
