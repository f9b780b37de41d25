using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <content>The binary form of docs/PROTOCOL.md, section 6.</content>
public sealed partial class MultiProof
{
    private const byte Kind = 4;
    private const byte EmptyTreeType = 0;
    private const byte IncludedType = 1;
    private const byte OpenedLeafType = 2;
    private const byte PlainNodeType = 3;
    private const byte SumNodeType = 4;
    private const byte UnopenedType = 5;

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        var writer = new ProofWriter();
        writer.Byte(AccountProof.Version);
        writer.Byte(Kind);
        writer.UInt16((ushort)Absent.Count);
        foreach (AccountId id in Absent)
        {
            writer.Id(id);
        }

        Write(writer, Root);
        return writer.ToArray();
    }

    /// <summary>
    /// Reads a binary form: exactly one, in the canonical order, with nothing behind it. False for anything else; never throws.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MultiProof? proof)
    {
        proof = null;
        var reader = new ProofReader(bytes);
        if (reader.Byte() != AccountProof.Version || reader.Byte() != Kind)
        {
            return false;
        }

        int absentCount = reader.UInt16();
        if (absentCount > AccountsMax)
        {
            return false;
        }

        var absent = new AccountId[absentCount];
        for (int i = 0; i < absentCount; i++)
        {
            absent[i] = reader.Id();
        }

        int accountsLeft = AccountsMax - absentCount;
        ProofNode? root = null;
        if (!TryReadRoot(ref reader, ref accountsLeft, ref root) || !reader.IsAtEnd)
        {
            return false;
        }

        proof = new MultiProof(absent, root);
        return true;
    }

    private static void Write(ProofWriter writer, ProofNode? node)
    {
        switch (node)
        {
            case IncludedLeaf included:
                writer.Byte(IncludedType);
                writer.Record(included);
                break;
            case OpenedLeaf opened:
                writer.Byte(OpenedLeafType);
                writer.Id(opened.Id);
                writer.Hash(opened.RecordHash);
                writer.Sum(opened.Sum);
                break;
            case OpenedNode opened:
                writer.Byte(opened.BindsSums ? SumNodeType : PlainNodeType);
                writer.Byte((byte)opened.BitIndex);
                writer.Sum(opened.Sum);
                Write(writer, opened.Left);
                Write(writer, opened.Right);
                break;
            case UnopenedSide unopened:
                writer.Byte(UnopenedType);
                writer.Hash(unopened.Digest);
                writer.Sum(unopened.Sum);
                break;
            default:
                writer.Byte(EmptyTreeType);
                break;
        }
    }

    private static bool TryReadRoot(ref ProofReader reader, ref int accountsLeft, ref ProofNode? root)
    {
        byte type = reader.Byte();
        return type == EmptyTreeType
            || (type != UnopenedType && TryReadNode(ref reader, type, -1, boundAbove: false, ref accountsLeft, out root));
    }

    /// <summary>Strictly increasing bit indices bound the recursion; the count of leaves bounds the rest.</summary>
    private static bool TryReadNode(
        ref ProofReader reader, byte type, int bitAbove, bool boundAbove, ref int accountsLeft, [NotNullWhen(true)] out ProofNode? node)
    {
        node = null;
        switch (type)
        {
            case IncludedType:
                node = reader.Record();
                return --accountsLeft >= 0 && !reader.IsTooShort;
            case OpenedLeafType:
                node = new OpenedLeaf(reader.Id(), reader.Hash(), boundAbove ? reader.Sum() : null);
                return !reader.IsTooShort;
            case UnopenedType:
                node = new UnopenedSide(reader.Hash(), boundAbove ? reader.Sum() : null);
                return !reader.IsTooShort;
            case PlainNodeType or SumNodeType:
                return TryReadOpenedNode(ref reader, type == SumNodeType, bitAbove, boundAbove, ref accountsLeft, out node);
            default:
                return false;
        }
    }

    private static bool TryReadOpenedNode(
        ref ProofReader reader, bool binds, int bitAbove, bool boundAbove, ref int accountsLeft, [NotNullWhen(true)] out ProofNode? node)
    {
        node = null;
        int bit = reader.Byte();
        ulong? sum = boundAbove && !binds ? reader.Sum() : null;
        byte leftType = reader.Byte();
        if (bit <= bitAbove || bit >= AccountId.SizeBits
            || !TryReadNode(ref reader, leftType, bit, binds, ref accountsLeft, out ProofNode? left))
        {
            return false;
        }

        byte rightType = reader.Byte();
        if (!TryReadNode(ref reader, rightType, bit, binds, ref accountsLeft, out ProofNode? right))
        {
            return false;
        }

        node = new OpenedNode(bit, binds, sum, left, right);
        return true;
    }
}
