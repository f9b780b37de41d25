using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Proofs;

/// <summary>A forger's account proof: any parts, written down as docs/PROTOCOL.md, section 6, says.</summary>
internal sealed class ProofBytes
{
    public byte Version { get; set; } = 1;

    public byte Kind { get; set; }

    public byte[] Head { get; set; } = [];

    public ulong? BoundSum { get; set; }

    public int BoundNodes { get; set; }

    public List<PathNode> Path { get; set; } = [];

    public static ProofBytes Of(AccountProof proof) => new()
    {
        Kind = (byte)(proof.Leaf is null ? 3 : proof.IsInclusion ? 1 : 2),
        Head = proof.Leaf switch
        {
            IncludedLeaf included => RecordHead(included.Record, included.DataRoot),
            OpenedLeaf opened => ExclusionHead(proof.Id, opened.Id, opened.RecordHash),
            _ => Bytes(proof.Id),
        },
        BoundSum = proof.BoundSum,
        BoundNodes = proof.BoundNodes,
        Path = [.. proof.Path],
    };

    public static byte[] RecordHead(in AccountRecord record, Hash256? dataRoot) =>
        [.. PlainTree.RecordBytes(record), .. dataRoot is { } root ? root.AsSpan() : []];

    public static byte[] ExclusionHead(AccountId asked, AccountId opened, Hash256 recordHash) =>
        [.. Bytes(asked), .. Bytes(opened), .. recordHash.AsSpan()];

    public byte[] ToArray()
    {
        List<byte> bytes = [Version, Kind, (byte)Path.Count, (byte)BoundNodes, .. Head, .. Number(BoundSum)];
        for (int i = 0; i < Path.Count; i++)
        {
            bytes.Add((byte)Path[i].BitIndex);
            bytes.AddRange(Path[i].Sibling.AsSpan());
            bytes.AddRange(Number(i < BoundNodes ? Path[i].SiblingSum : null));
        }

        return [.. bytes];
    }

    private static byte[] Number(ulong? number)
    {
        byte[] bytes = new byte[number is null ? 0 : 8];
        if (number is { } value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }

        return bytes;
    }

    private static byte[] Bytes(AccountId id)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        id.CopyTo(bytes);
        return bytes;
    }
}
