using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>Writes the parts of proofs one behind the other.</summary>
internal sealed class ProofWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), value);

    /// <summary>A sum if there is one.</summary>
    public void Sum(ulong? value)
    {
        if (value is { } sum)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), sum);
        }
    }

    public void Id(in AccountId id) => id.CopyTo(Take(AccountId.SizeBytes));

    public void Hash(in Hash256 hash) => hash.CopyTo(Take(Hash256.ByteLength));

    /// <summary>A record and, if it has one, its data root.</summary>
    public void Record(IncludedLeaf leaf)
    {
        AccountRecord record = leaf.Record;
        MemoryMarshal.Write(Take(AccountRecord.SizeBytes), in record);
        if (leaf.DataRoot is { } root)
        {
            Hash(root);
        }
    }

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    private Span<byte> Take(int bytes)
    {
        Span<byte> taken = _buffer.GetSpan(bytes)[..bytes];
        _buffer.Advance(bytes);
        return taken;
    }
}
