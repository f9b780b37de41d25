using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// An inner node on the way from the root to a leaf, as seen by whoever goes down: the bit that decided, and the other side.
/// </summary>
/// <param name="BitIndex">The first bit in which the node's sides differ, 0 to 159.</param>
/// <param name="Sibling">The digest of the side not taken.</param>
/// <param name="SiblingSum">Its sum where the node binds sums, else 0.</param>
public readonly record struct PathNode(int BitIndex, Hash256 Sibling, ulong SiblingSum);
