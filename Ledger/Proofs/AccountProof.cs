using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// Shows, under a root statement and with no other input, an account's record, or that there is no such account. A proof of
/// absence opens the leaf that the id's bits lead to, unless the tree is empty. Immutable; <see cref="ProofVerifier"/> says
/// what it is worth.
/// </summary>
/// <remarks>Made only in the shape of docs/PROTOCOL.md, section 6: sums are there where that says, and nowhere else.</remarks>
public sealed partial class AccountProof
{
    private AccountProof(AccountId id, ProofNode? leaf, IReadOnlyList<PathNode> path, int boundNodes, ulong? boundSum)
    {
        Id = id;
        Leaf = leaf;
        Path = path;
        BoundNodes = boundNodes;
        BoundSum = boundSum;
    }

    /// <summary>The account that the proof is about.</summary>
    public AccountId Id { get; }

    /// <summary>
    /// An <see cref="IncludedLeaf"/> if the account exists, an <see cref="OpenedLeaf"/> (whose sum is null: see
    /// <see cref="BoundSum"/>) if it does not, null if the tree is empty.
    /// </summary>
    public ProofNode? Leaf { get; }

    /// <summary>The nodes from the root down to the leaf.</summary>
    public IReadOnlyList<PathNode> Path { get; }

    /// <summary>How many nodes of the path, counted from the root, bind sums.</summary>
    public int BoundNodes { get; }

    /// <summary>
    /// The sum of the side taken at the last of those, where nothing else gives it: null if no node binds sums, or if that side
    /// is the included leaf itself.
    /// </summary>
    public ulong? BoundSum { get; }

    /// <summary>Whether the proof is one of the account's existence.</summary>
    public bool IsInclusion => Leaf is IncludedLeaf;

    /// <summary>Proves the account's record, or its absence, from the branch that its bits lead to.</summary>
    /// <param name="id">The account.</param>
    /// <param name="above">The nodes from the root down to the branch, as its trunks gave them for this id.</param>
    /// <param name="branch">The branch: not empty, and updated.</param>
    /// <exception cref="ArgumentException">The branch is empty.</exception>
    /// <exception cref="InvalidOperationException">The branch has changes that were not rehashed.</exception>
    public static AccountProof Create(in AccountId id, TreePath above, BranchTree branch)
    {
        ArgumentNullException.ThrowIfNull(branch);
        var path = new TreePath(above);
        LeafOpening opening = branch.Lead(id, path)
            ?? throw new ArgumentException("An empty branch has no leaf to open.", nameof(branch));
        ProofNode leaf = opening.Record.Id == id
            ? new IncludedLeaf(opening.Record, opening.DataRoot)
            : new OpenedLeaf(opening.Record.Id, opening.RecordHash, null);
        ulong? boundSum = HasBoundSum(leaf is IncludedLeaf, path.Nodes.Count, path.BoundNodes) ? path.BoundSum : null;
        return new AccountProof(id, leaf, path.Nodes, path.BoundNodes, boundSum);
    }

    /// <summary>Proves the absence of an account in a ledger that has none at all.</summary>
    public static AccountProof OfEmptyTree(in AccountId id) => new(id, null, [], 0, null);

    /// <summary>The rule for <see cref="BoundSum"/>.</summary>
    private static bool HasBoundSum(bool inclusion, int nodes, int boundNodes) =>
        boundNodes > 0 && (!inclusion || nodes > boundNodes);
}
