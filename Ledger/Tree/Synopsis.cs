using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <summary>What a branch or a trunk tells the level above: the digest of its tree and the sum of its balances.</summary>
public readonly record struct Synopsis(Hash256 Digest, ulong Sum)
{
    /// <summary>The synopsis of no account at all: 32 zero bytes and 0.</summary>
    public static Synopsis Empty => default;

    /// <summary>Whether the tree has no account. (A tree of accounts that own nothing is not empty.)</summary>
    public bool IsEmpty => Digest.IsZero;
}
