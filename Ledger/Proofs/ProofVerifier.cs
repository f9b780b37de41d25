using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// Checks proofs offline: all it knows is the proof and three fields of a root statement. Says by name what is wrong, and
/// throws at nothing that a proof may hold. The rules are those of docs/PROTOCOL.md, section 6.
/// </summary>
public static partial class ProofVerifier
{
    private const RecordFlags KnownFlags = RecordFlags.HasDataRoot | RecordFlags.Frozen | RecordFlags.System;

    /// <summary>Whether bytes of any origin are a proof of this account's record or absence.</summary>
    public static ProofVerdict Verify(ReadOnlySpan<byte> proof, in StatedRoot root, in AccountId account) =>
        AccountProof.TryDecode(proof, out AccountProof? decoded) ? Verify(decoded, root, account) : ProofVerdict.Malformed;

    /// <summary>Whether the proof shows this account's record or absence.</summary>
    public static ProofVerdict Verify(AccountProof proof, in StatedRoot root, in AccountId account)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return proof.Id == account ? Verify(proof, root) : ProofVerdict.OtherAccount;
    }

    /// <summary>Whether the proof shows what it says of the account that it names.</summary>
    public static ProofVerdict Verify(AccountProof proof, in StatedRoot root)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (root.Translucency is < 0 or > AccountId.SizeBits)
        {
            return ProofVerdict.BadStatement;
        }

        ProofVerdict verdict = CheckPath(proof, root.Translucency);
        if (verdict == ProofVerdict.Valid)
        {
            verdict = CheckLeaf(proof);
        }

        return verdict == ProofVerdict.Valid ? CheckRoot(proof, root) : verdict;
    }

    private static ProofVerdict CheckPath(AccountProof proof, int translucency)
    {
        int before = -1;
        for (int i = 0; i < proof.Path.Count; i++)
        {
            PathNode node = proof.Path[i];
            ProofVerdict verdict = CheckNode(node.BitIndex, before, i < proof.BoundNodes, translucency);
            if (verdict != ProofVerdict.Valid)
            {
                return verdict;
            }

            if (node.Sibling.IsZero)
            {
                return ProofVerdict.EmptySide;
            }

            before = node.BitIndex;
        }

        return ProofVerdict.Valid;
    }

    private static ProofVerdict CheckNode(int bitIndex, int bitIndexAbove, bool bindsSums, int translucency)
    {
        if (bitIndex <= bitIndexAbove || bitIndex >= AccountId.SizeBits)
        {
            return ProofVerdict.BitOrder;
        }

        return bindsSums == bitIndex < translucency ? ProofVerdict.Valid : ProofVerdict.WrongTag;
    }

    private static ProofVerdict CheckLeaf(AccountProof proof)
    {
        switch (proof.Leaf)
        {
            case IncludedLeaf included:
                return CheckRecord(included);
            case OpenedLeaf opened when opened.Id == proof.Id:
                return ProofVerdict.AccountPresent;
            case OpenedLeaf opened:
                foreach (PathNode node in proof.Path)
                {
                    if (opened.Id.Bit(node.BitIndex) != proof.Id.Bit(node.BitIndex))
                    {
                        return ProofVerdict.OffPath;
                    }
                }

                return ProofVerdict.Valid;
            default:
                return ProofVerdict.Valid;
        }
    }

    private static ProofVerdict CheckRecord(IncludedLeaf leaf) =>
        (leaf.Record.Flags & ~KnownFlags) == RecordFlags.None && leaf.Record.Frozen <= leaf.Record.Balance
            ? ProofVerdict.Valid
            : ProofVerdict.BadRecord;

    /// <summary>Goes up from the leaf. Only now is it known that every bit index is one.</summary>
    private static ProofVerdict CheckRoot(AccountProof proof, in StatedRoot root)
    {
        (Hash256 digest, ulong? sum) = LeafOf(proof);
        for (int i = proof.Path.Count - 1; i >= 0; i--)
        {
            PathNode node = proof.Path[i];
            if (i == proof.BoundNodes - 1)
            {
                sum = proof.BoundSum ?? sum;
            }

            ulong own = i < proof.BoundNodes ? sum.GetValueOrDefault() : 0;
            bool isLeft = proof.Id.Bit(node.BitIndex) == 0;
            digest = isLeft
                ? NodeHash.Inner(node.BitIndex, root.Translucency, digest, own, node.Sibling, node.SiblingSum)
                : NodeHash.Inner(node.BitIndex, root.Translucency, node.Sibling, node.SiblingSum, digest, own);
            ulong total = unchecked(own + node.SiblingSum);
            if (total < own)
            {
                return ProofVerdict.SumOverflow;
            }

            sum = i < proof.BoundNodes ? total : null;
        }

        return CheckStated(digest, sum, root);
    }

    /// <summary>The digest of the leaf, and the sum if the proof shows it.</summary>
    private static (Hash256 Digest, ulong? Sum) LeafOf(AccountProof proof) => proof.Leaf switch
    {
        IncludedLeaf included => (DigestOf(included), included.Record.Balance.Units),
        OpenedLeaf opened => (NodeHash.Leaf(opened.Id, opened.RecordHash), null),
        _ => (Hash256.Zero, 0),
    };

    private static Hash256 DigestOf(IncludedLeaf leaf) =>
        NodeHash.Leaf(leaf.Record.Id, new LeafOpening(leaf.Record, leaf.DataRoot).RecordHash);

    private static ProofVerdict CheckStated(in Hash256 digest, ulong? sum, in StatedRoot root)
    {
        if (digest != root.Digest)
        {
            return ProofVerdict.WrongDigest;
        }

        return sum is { } total && total != root.Sum ? ProofVerdict.WrongSum : ProofVerdict.Valid;
    }
}
