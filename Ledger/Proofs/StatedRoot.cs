using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>What a proof is checked against: three fields of a root statement (docs/PROTOCOL.md, section 5).</summary>
/// <param name="Digest">The root digest of the synopsis tree.</param>
/// <param name="Sum">The root sum.</param>
/// <param name="Translucency">The ledger's T, 0 to 160.</param>
public readonly record struct StatedRoot(Hash256 Digest, ulong Sum, int Translucency);
