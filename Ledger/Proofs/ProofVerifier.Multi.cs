using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <content>Multi-proofs.</content>
public static partial class ProofVerifier
{
    /// <summary>Whether bytes of any origin are a proof of exactly these accounts' records or absences, in any order.</summary>
    public static ProofVerdict Verify(ReadOnlySpan<byte> proof, in StatedRoot root, IReadOnlyCollection<AccountId> accounts) =>
        MultiProof.TryDecode(proof, out MultiProof? decoded) ? Verify(decoded, root, accounts) : ProofVerdict.Malformed;

    /// <summary>Whether the proof shows exactly these accounts' records or absences.</summary>
    public static ProofVerdict Verify(MultiProof proof, in StatedRoot root, IReadOnlyCollection<AccountId> accounts)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var asked = accounts.ToHashSet();
        bool same = asked.SetEquals(proof.Included.Select(record => record.Id).Concat(proof.Absent));
        return same ? Verify(proof, root) : ProofVerdict.OtherAccount;
    }

    /// <summary>Whether the proof shows what it says of the accounts that it names.</summary>
    public static ProofVerdict Verify(MultiProof proof, in StatedRoot root)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (root.Translucency is < 0 or > AccountId.SizeBits)
        {
            return ProofVerdict.BadStatement;
        }

        if (!IsAscending(proof.Absent) || proof.Included.Count + proof.Absent.Count == 0)
        {
            return ProofVerdict.Malformed;
        }

        if (proof.Root is null)
        {
            return CheckStated(Hash256.Zero, 0, root);
        }

        var walk = new MultiWalk(root.Translucency);
        ProofVerdict verdict = walk.Check(proof.Root, [.. proof.Absent], boundAbove: false, out Hash256 digest, out ulong? sum);
        return verdict == ProofVerdict.Valid ? CheckStated(digest, sum, root) : verdict;
    }

    private static bool IsAscending(IReadOnlyList<AccountId> ids)
    {
        for (int i = 1; i < ids.Count; i++)
        {
            if (ids[i - 1] >= ids[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The way through a multi-proof: depth first, the side of the zeros first.</summary>
    private sealed class MultiWalk(int translucency)
    {
        private readonly List<(int BitIndex, int Side)> _path = [];

        /// <summary>
        /// Checks a node and what is under it, for the absent accounts whose bits lead there. Gives its digest and, if the node
        /// above binds sums or it does itself or it is an included leaf, its sum.
        /// </summary>
        public ProofVerdict Check(ProofNode node, List<AccountId> absent, bool boundAbove, out Hash256 digest, out ulong? sum)
        {
            switch (node)
            {
                case IncludedLeaf included:
                    digest = DigestOf(included);
                    sum = included.Record.Balance.Units;
                    ProofVerdict record = CheckRecord(included);
                    return record == ProofVerdict.Valid ? CheckLeaf(included.Record.Id, absent) : record;
                case OpenedLeaf leaf:
                    digest = NodeHash.Leaf(leaf.Id, leaf.RecordHash);
                    sum = leaf.Sum;
                    bool isAsked = absent.Count > 0 && boundAbove == leaf.Sum.HasValue;
                    return isAsked ? CheckLeaf(leaf.Id, absent) : ProofVerdict.Malformed;
                case UnopenedSide side:
                    digest = side.Digest;
                    sum = side.Sum;
                    return absent.Count > 0 || boundAbove != side.Sum.HasValue ? ProofVerdict.Malformed
                        : digest.IsZero ? ProofVerdict.EmptySide
                        : ProofVerdict.Valid;
                default:
                    return CheckOpened((OpenedNode)node, absent, boundAbove, out digest, out sum);
            }
        }

        private ProofVerdict CheckOpened(OpenedNode node, List<AccountId> absent, bool boundAbove, out Hash256 digest, out ulong? sum)
        {
            digest = default;
            sum = null;
            bool hasSum = boundAbove && !node.BindsSums;
            if (hasSum != node.Sum.HasValue || node is { Left: UnopenedSide, Right: UnopenedSide })
            {
                return ProofVerdict.Malformed;
            }

            int bitAbove = _path.Count > 0 ? _path[^1].BitIndex : -1;
            ProofVerdict verdict = CheckNode(node.BitIndex, bitAbove, node.BindsSums, translucency);
            if (verdict != ProofVerdict.Valid)
            {
                return verdict;
            }

            verdict = CheckSide(node, 0, absent, out Hash256 left, out ulong? leftSum);
            if (verdict != ProofVerdict.Valid)
            {
                return verdict;
            }

            verdict = CheckSide(node, 1, absent, out Hash256 right, out ulong? rightSum);
            if (verdict != ProofVerdict.Valid)
            {
                return verdict;
            }

            ulong leftUnits = leftSum.GetValueOrDefault();
            ulong rightUnits = rightSum.GetValueOrDefault();
            ulong total = unchecked(leftUnits + rightUnits);
            digest = NodeHash.Inner(node.BitIndex, translucency, left, leftUnits, right, rightUnits);
            sum = node.BindsSums ? total : node.Sum;
            return node.BindsSums && total < leftUnits ? ProofVerdict.SumOverflow : ProofVerdict.Valid;
        }

        private ProofVerdict CheckSide(OpenedNode node, int side, List<AccountId> absent, out Hash256 digest, out ulong? sum)
        {
            _path.Add((node.BitIndex, side));
            List<AccountId> led = absent.FindAll(id => id.Bit(node.BitIndex) == side);
            ProofVerdict verdict = Check(side == 0 ? node.Left : node.Right, led, node.BindsSums, out digest, out sum);
            _path.RemoveAt(_path.Count - 1);
            return verdict;
        }

        /// <summary>The leaf's own bits lead to it, and it is none of the absent accounts'.</summary>
        private ProofVerdict CheckLeaf(AccountId id, List<AccountId> absent)
        {
            if (absent.Contains(id))
            {
                return ProofVerdict.AccountPresent;
            }

            return _path.TrueForAll(step => id.Bit(step.BitIndex) == step.Side) ? ProofVerdict.Valid : ProofVerdict.OffPath;
        }
    }
}
