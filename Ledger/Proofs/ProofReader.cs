using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// Reads the parts of proofs from bytes of any origin. Behind the end it gives zeros and remembers that it was too short.
/// </summary>
internal ref struct ProofReader(ReadOnlySpan<byte> bytes)
{
    private static readonly byte[] Zeros = new byte[AccountRecord.SizeBytes];

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something behind the end was asked for.</summary>
    public bool IsTooShort { get; private set; }

    /// <summary>Whether everything was read, and nothing behind the end.</summary>
    public readonly bool IsAtEnd => !IsTooShort && _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public ulong Sum() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public AccountId Id() => new(Take(AccountId.SizeBytes));

    public Hash256 Hash() => new(Take(Hash256.ByteLength));

    /// <summary>A record and, if its flag says that it has one, its data root.</summary>
    public IncludedLeaf Record()
    {
        var record = MemoryMarshal.Read<AccountRecord>(Take(AccountRecord.SizeBytes));
        return new IncludedLeaf(record, record.HasDataRoot ? Hash() : null);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            IsTooShort = true;
            _rest = default;
            return Zeros.AsSpan(0, count);
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
