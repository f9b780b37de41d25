using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <content>The JSON form.</content>
public sealed partial class AccountProof
{
    private const string InclusionName = "inclusion";
    private const string ExclusionName = "exclusion";
    private const string EmptyTreeName = "emptyTree";

    /// <summary>The readable form: the same content as the binary one.</summary>
    public string ToJson() => Serialize(ToDocument());

    /// <summary>
    /// Reads what <see cref="ToJson"/> wrote, with any white space between. False for anything else, a part that does not belong
    /// there included; never throws.
    /// </summary>
    public static bool TryParseJson(string json, [NotNullWhen(true)] out AccountProof? proof)
    {
        proof = null;
        if (ProofJson.Read(json, ProofJsonContext.Default.AccountProofDocument) is not { } document)
        {
            return false;
        }

        // The rules of shape are those of the binary form: what does not come back from it as it went in broke one.
        try
        {
            return TryDecode(FromDocument(document).ToBytes(), out proof)
                && string.Equals(proof.ToJson(), Serialize(document), StringComparison.Ordinal);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Serialize(AccountProofDocument document) =>
        JsonSerializer.Serialize(document, ProofJsonContext.Default.AccountProofDocument);

    private static AccountProof FromDocument(AccountProofDocument document)
    {
        ProofNode? leaf = document switch
        {
            { Record: { } record } => ProofJson.ToLeaf(record, document.DataRoot),
            { Opened: { } opened } => new OpenedLeaf(AccountId.Parse(opened.Account), Hash256.Parse(opened.RecordHash), null),
            _ => null,
        };
        if (document.Path.Contains(null!))
        {
            throw new FormatException("A node of a path is not null."); // the serializer does not look into lists
        }

        PathNode[] path =
        [
            .. document.Path.Select(node => new PathNode(node.Bit, Hash256.Parse(node.Sibling), ProofJson.ToSum(node.Sum) ?? 0)),
        ];
        int boundNodes = document.Path.Count(node => node.Sum is not null);
        return new AccountProof(AccountId.Parse(document.Account), leaf, path, boundNodes, ProofJson.ToSum(document.BoundSum));
    }

    private AccountProofDocument ToDocument()
    {
        var included = Leaf as IncludedLeaf;
        return new AccountProofDocument(
            Version,
            IsInclusion ? InclusionName : Leaf is null ? EmptyTreeName : ExclusionName,
            Id.ToString(),
            [.. Path.Select((node, i) => ToDocument(node, i < BoundNodes))],
            included is null ? null : ProofJson.ToDocument(included.Record),
            included?.DataRoot?.ToString(),
            Leaf is OpenedLeaf opened ? new OpenedLeafDocument(opened.Id.ToString(), opened.RecordHash.ToString()) : null,
            ProofJson.ToText(BoundSum));
    }

    private static PathNodeDocument ToDocument(PathNode node, bool binds) =>
        new(node.BitIndex, node.Sibling.ToString(), binds ? ProofJson.ToText(node.SiblingSum) : null);
}
