using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <content>The JSON form.</content>
public sealed partial class MultiProof
{
    private const string KindName = "multi";

    /// <summary>The readable form: the same content as the binary one.</summary>
    public string ToJson() => Serialize(new MultiProofDocument(
        AccountProof.Version, KindName, [.. Absent.Select(id => id.ToString())], Root is null ? null : ToDocument(Root)));

    /// <summary>
    /// Reads what <see cref="ToJson"/> wrote, with any white space between. False for anything else, a part that does not belong
    /// there included; never throws.
    /// </summary>
    public static bool TryParseJson(string json, [NotNullWhen(true)] out MultiProof? proof)
    {
        proof = null;
        if (ProofJson.Read(json, ProofJsonContext.Default.MultiProofDocument) is not { } document)
        {
            return false;
        }

        // The rules of shape are those of the binary form: what does not come back from it as it went in broke one.
        try
        {
            ProofNode? root = document.Tree is null ? null : FromDocument(document.Tree);
            var read = new MultiProof([.. document.Absent.Select(AccountId.Parse)], root);
            return TryDecode(read.ToBytes(), out proof)
                && string.Equals(proof.ToJson(), Serialize(document), StringComparison.Ordinal);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Serialize(MultiProofDocument document) =>
        JsonSerializer.Serialize(document, ProofJsonContext.Default.MultiProofDocument);

    private static ProofNodeDocument ToDocument(ProofNode node) => node switch
    {
        IncludedLeaf included => new(Included: new IncludedDocument(
            ProofJson.ToDocument(included.Record), included.DataRoot?.ToString())),
        OpenedLeaf leaf => new(Leaf: new OpenedNodeLeafDocument(
            leaf.Id.ToString(), leaf.RecordHash.ToString(), ProofJson.ToText(leaf.Sum))),
        UnopenedSide side => new(Unopened: new UnopenedDocument(side.Digest.ToString(), ProofJson.ToText(side.Sum))),
        OpenedNode opened => new(Node: new OpenedNodeDocument(
            opened.BitIndex, opened.BindsSums, ToDocument(opened.Left), ToDocument(opened.Right), ProofJson.ToText(opened.Sum))),
        _ => throw new InvalidOperationException($"A {node.GetType().Name} is no node of a multi-proof."),
    };

    private static ProofNode FromDocument(ProofNodeDocument document) => document switch
    {
        { Included: { } included } => ProofJson.ToLeaf(included.Record, included.DataRoot),
        { Leaf: { } leaf } =>
            new OpenedLeaf(AccountId.Parse(leaf.Account), Hash256.Parse(leaf.RecordHash), ProofJson.ToSum(leaf.Sum)),
        { Unopened: { } side } => new UnopenedSide(Hash256.Parse(side.Digest), ProofJson.ToSum(side.Sum)),
        { Node: { } node } => new OpenedNode(
            node.Bit, node.BindsSums, ProofJson.ToSum(node.Sum), FromDocument(node.Left), FromDocument(node.Right)),
        _ => throw new FormatException("A node of a multi-proof has one of four parts."),
    };
}
