using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// Shows the records of many accounts, or the absence of some, at once: the part of the tree that their bits lead through,
/// every node once, in the one order that the tree itself has. Immutable; <see cref="ProofVerifier"/> says what it is worth.
/// </summary>
public sealed partial class MultiProof
{
    /// <summary>The most accounts that one proof is about.</summary>
    public const int AccountsMax = 4096;

    private MultiProof(IReadOnlyList<AccountId> absent, ProofNode? root)
    {
        Absent = absent;
        Root = root;
        var included = new List<AccountRecord>();
        CollectRecords(root, included);
        Included = included;
    }

    /// <summary>The records of the accounts that exist, in ascending order of ids.</summary>
    public IReadOnlyList<AccountRecord> Included { get; }

    /// <summary>The accounts that do not exist, in ascending order.</summary>
    public IReadOnlyList<AccountId> Absent { get; }

    /// <summary>The shown part of the tree; null if the tree is empty.</summary>
    public ProofNode? Root { get; }

    /// <summary>Joins proofs of single accounts under one root. Of proofs about the same account, one counts.</summary>
    /// <exception cref="ArgumentException">
    /// There are none or more than <see cref="AccountsMax"/>, or they are not proofs under one and the same root.
    /// </exception>
    public static MultiProof Combine(IEnumerable<AccountProof> proofs)
    {
        AccountProof[] distinct = [.. proofs.DistinctBy(proof => proof.Id).OrderBy(proof => proof.Id)];
        if (distinct.Length is 0 or > AccountsMax)
        {
            throw new ArgumentException($"{distinct.Length} accounts, where 1 to {AccountsMax} are possible.", nameof(proofs));
        }

        AccountId[] absent = [.. distinct.Where(proof => !proof.IsInclusion).Select(proof => proof.Id)];
        if (Array.TrueForAll(distinct, proof => proof.Leaf is null))
        {
            return new MultiProof(absent, null);
        }

        return new MultiProof(absent, Join(distinct, 0, boundAbove: false));
    }

    private static ProofNode Join(AccountProof[] proofs, int depth, bool boundAbove)
    {
        AccountProof first = proofs[0];
        if (!Array.TrueForAll(proofs, proof => proof.Leaf is not null && IsSameAt(proof, first, depth)))
        {
            throw new ArgumentException("The proofs are not under one root.", nameof(proofs));
        }

        if (depth == first.Path.Count)
        {
            return JoinLeaves(proofs, boundAbove);
        }

        int bit = first.Path[depth].BitIndex;
        bool binds = depth < first.BoundNodes;
        AccountProof[] zeros = Array.FindAll(proofs, proof => proof.Id.Bit(bit) == 0);
        AccountProof[] ones = Array.FindAll(proofs, proof => proof.Id.Bit(bit) == 1);
        return new OpenedNode(
            bit,
            binds,
            boundAbove && !binds ? first.BoundSum : null,
            zeros.Length > 0 ? Join(zeros, depth + 1, binds) : Unopened(first, depth),
            ones.Length > 0 ? Join(ones, depth + 1, binds) : Unopened(first, depth));
    }

    private static bool IsSameAt(AccountProof proof, AccountProof other, int depth) =>
        (depth < proof.Path.Count) == (depth < other.Path.Count)
        && (depth == proof.Path.Count
            || (proof.Path[depth].BitIndex == other.Path[depth].BitIndex
                && (depth < proof.BoundNodes) == (depth < other.BoundNodes)));

    private static UnopenedSide Unopened(AccountProof proof, int depth) =>
        new(proof.Path[depth].Sibling, depth < proof.BoundNodes ? proof.Path[depth].SiblingSum : null);

    private static ProofNode JoinLeaves(AccountProof[] proofs, bool boundAbove)
    {
        AccountProof? inclusion = Array.Find(proofs, proof => proof.IsInclusion);
        return inclusion?.Leaf ?? ((OpenedLeaf)proofs[0].Leaf!) with { Sum = boundAbove ? proofs[0].BoundSum : null };
    }

    private static void CollectRecords(ProofNode? node, List<AccountRecord> records)
    {
        switch (node)
        {
            case OpenedNode opened:
                CollectRecords(opened.Left, records);
                CollectRecords(opened.Right, records);
                break;
            case IncludedLeaf included:
                records.Add(included.Record);
                break;
            default:
                break;
        }
    }
}
