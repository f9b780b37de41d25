using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <content>The binary form of docs/PROTOCOL.md, section 6.</content>
public sealed partial class AccountProof
{
    /// <summary>The largest proof: 160 nodes that bind sums.</summary>
    public const int BytesMax = 4 + AccountRecord.SizeBytes + Hash256.ByteLength + 8 + (AccountId.SizeBits * (1 + Hash256.ByteLength + 8));

    internal const byte Version = 1;
    private const byte InclusionKind = 1;
    private const byte ExclusionKind = 2;
    private const byte EmptyTreeKind = 3;

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        var writer = new ProofWriter();
        writer.Byte(Version);
        writer.Byte(Leaf is null ? EmptyTreeKind : IsInclusion ? InclusionKind : ExclusionKind);
        writer.Byte((byte)Path.Count);
        writer.Byte((byte)BoundNodes);
        switch (Leaf)
        {
            case IncludedLeaf included:
                writer.Record(included);
                break;
            case OpenedLeaf opened:
                writer.Id(Id);
                writer.Id(opened.Id);
                writer.Hash(opened.RecordHash);
                break;
            default:
                writer.Id(Id);
                break;
        }

        writer.Sum(BoundSum);
        for (int i = 0; i < Path.Count; i++)
        {
            writer.Byte((byte)Path[i].BitIndex);
            writer.Hash(Path[i].Sibling);
            writer.Sum(i < BoundNodes ? Path[i].SiblingSum : null);
        }

        return writer.ToArray();
    }

    /// <summary>Reads a binary form: exactly one, with nothing behind it. False for anything else; never throws.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AccountProof? proof)
    {
        var reader = new ProofReader(bytes);
        byte version = reader.Byte();
        byte kind = reader.Byte();
        int nodes = reader.Byte();
        int boundNodes = reader.Byte();
        proof = null;
        if (version != Version || kind is < InclusionKind or > EmptyTreeKind || nodes > AccountId.SizeBits || boundNodes > nodes
            || (kind == EmptyTreeKind && nodes > 0))
        {
            return false;
        }

        AccountId id = kind == InclusionKind ? default : reader.Id();
        ProofNode? leaf = kind switch
        {
            InclusionKind => reader.Record(),
            ExclusionKind => new OpenedLeaf(reader.Id(), reader.Hash(), null),
            _ => null,
        };
        ulong? boundSum = HasBoundSum(kind == InclusionKind, nodes, boundNodes) ? reader.Sum() : null;
        var path = new PathNode[nodes];
        for (int i = 0; i < nodes; i++)
        {
            path[i] = new PathNode(reader.Byte(), reader.Hash(), i < boundNodes ? reader.Sum() : 0);
        }

        if (reader.IsAtEnd)
        {
            proof = new AccountProof(leaf is IncludedLeaf included ? included.Record.Id : id, leaf, path, boundNodes, boundSum);
        }

        return proof is not null;
    }
}
