using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Statements;

/// <summary>
/// A root statement with the signatures of its committee, in ascending order of their signers, none twice. Binary (docs/PROTOCOL.md,
/// section 5):
/// <code>
/// 0    statement(224)
/// 224  number of signatures(4) | zeros(4)
/// 232  of each: signer's index(4) | zeros(4) | signature(64)
/// </code>
/// </summary>
public sealed class SignedStatement
{
    private const int CountOffset = RootStatement.SizeBytes;
    private const int HeadBytes = CountOffset + 8;
    private const int SignatureOffset = 8;
    private const int EntryBytes = SignatureOffset + Signature.ByteLength;

    private SignedStatement(in RootStatement statement, ImmutableArray<StatementSignature> signatures)
    {
        Statement = statement;
        Signatures = signatures;
    }

    public RootStatement Statement { get; }

    public ImmutableArray<StatementSignature> Signatures { get; }

    /// <summary>The length of the binary form.</summary>
    public int SizeBytes => HeadBytes + (Signatures.Length * EntryBytes);

    /// <summary>Takes signatures in any order; false when two are by the same signer, or there are more than a committee has members.</summary>
    public static bool TryCreate(
        in RootStatement statement, IEnumerable<StatementSignature> signatures, [NotNullWhen(true)] out SignedStatement? result)
    {
        ImmutableArray<StatementSignature> sorted = [.. signatures.OrderBy(static signature => signature.SignerIndex)];
        result = AreInOrder(sorted) ? new SignedStatement(statement, sorted) : null;
        return result is not null;
    }

    /// <summary>Reads the binary form from its first byte to its last; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedStatement? result)
    {
        result = null;
        if (bytes.Length < HeadBytes || !RootStatement.TryRead(bytes[..RootStatement.SizeBytes], out RootStatement statement))
        {
            return false;
        }

        // The four zeros behind the number are its high bytes here.
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(bytes[CountOffset..]);
        if (count > Committee.CountMax || bytes.Length != HeadBytes + ((int)count * EntryBytes))
        {
            return false;
        }

        StatementSignature[] signatures = new StatementSignature[count];
        for (int i = 0; i < signatures.Length; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(HeadBytes + (i * EntryBytes), EntryBytes);
            ulong signer = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            if (signer > uint.MaxValue)
            {
                return false;
            }

            signatures[i] = new StatementSignature((uint)signer, new Signature(entry[SignatureOffset..]));
        }

        result = AreInOrder(signatures) ? new SignedStatement(statement, [.. signatures]) : null;
        return result is not null;
    }

    /// <summary>Writes the binary form, <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Statement.CopyTo(destination);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[CountOffset..], (ulong)Signatures.Length);
        for (int i = 0; i < Signatures.Length; i++)
        {
            Span<byte> entry = destination.Slice(HeadBytes + (i * EntryBytes), EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, Signatures[i].SignerIndex);
            Signatures[i].Signature.CopyTo(entry[SignatureOffset..]);
        }
    }

    /// <summary>
    /// Whether the committee stands behind the statement: it is the one that the statement names, and at least threshold members signed. A signature
    /// that does not hold is no mere absence: it condemns the whole.
    /// </summary>
    public StatementVerdict Verify(Committee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        if (Statement.Committee != committee.Digest)
        {
            return StatementVerdict.OtherCommittee;
        }

        if (Signatures.Any(signature => signature.SignerIndex >= committee.Keys.Length))
        {
            return StatementVerdict.UnknownSigner;
        }

        if (Signatures.Length < committee.Threshold)
        {
            return StatementVerdict.TooFewSignatures;
        }

        Span<byte> message = stackalloc byte[RootStatement.SizeBytes];
        Statement.CopyTo(message);
        foreach (StatementSignature signature in Signatures)
        {
            if (!Ed25519.Verify(committee.Keys[(int)signature.SignerIndex], message, signature.Signature))
            {
                return StatementVerdict.BadSignature;
            }
        }

        return StatementVerdict.Valid;
    }

    private static bool AreInOrder(ReadOnlySpan<StatementSignature> signatures)
    {
        for (int i = 1; i < signatures.Length; i++)
        {
            if (signatures[i - 1].SignerIndex >= signatures[i].SignerIndex)
            {
                return false;
            }
        }

        return signatures.Length <= Committee.CountMax;
    }

    private static bool AreInOrder(ImmutableArray<StatementSignature> signatures) => AreInOrder(signatures.AsSpan());
}
