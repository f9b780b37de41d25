using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>A node of the part of the tree that a multi-proof shows.</summary>
public abstract record ProofNode;

/// <summary>A side that the proof does not go into.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Sum">Its sum if the node above binds sums, else null.</param>
public sealed record UnopenedSide(Hash256 Digest, ulong? Sum) : ProofNode;

/// <summary>The leaf of an account that the proof includes.</summary>
/// <param name="Record">The account's record; its balance is the leaf's sum.</param>
/// <param name="DataRoot">The account's data root if the record's flag says that it has one, else null.</param>
public sealed record IncludedLeaf(AccountRecord Record, Hash256? DataRoot) : ProofNode;

/// <summary>The leaf that stands where absent accounts would have to be.</summary>
/// <param name="Id">The id of the account whose leaf it is.</param>
/// <param name="RecordHash">The hash of that account's record, which stays hidden.</param>
/// <param name="Sum">Its balance if the node above binds sums, else null.</param>
public sealed record OpenedLeaf(AccountId Id, Hash256 RecordHash, ulong? Sum) : ProofNode;

/// <summary>A node of which the proof goes into one side or both.</summary>
/// <param name="BitIndex">The first bit in which the sides differ.</param>
/// <param name="BindsSums">Whether its digest binds the sums of its sides.</param>
/// <param name="Sum">The node's sum if the node above binds sums and it does not itself, else null.</param>
/// <param name="Left">The side of the zeros.</param>
/// <param name="Right">The side of the ones.</param>
public sealed record OpenedNode(int BitIndex, bool BindsSums, ulong? Sum, ProofNode Left, ProofNode Right) : ProofNode;
