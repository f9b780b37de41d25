using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>
/// What a party keeps of a transfer: the signed root statement, its account's record under it, the transfer with the parties' signatures, and
/// the transfer's path in the windows tree. <see cref="ReceiptVerifier"/> checks it offline. Binary form (docs/PROTOCOL.md, section 7):
/// <code>
/// 0   "LC1recpt"
/// 8   lengths(4 each) of: signed statement, account proof (0: none), transfer, windows path
/// 24  form of the transfer(4): 1 frame, 2 item of a bundle | zeros(4)
/// 32  signed statement | account proof | transfer | windows path
/// </code>
/// </summary>
public sealed class Receipt
{
    /// <summary>The longest receipt there is.</summary>
    public const int SizeBytesMax = 1 << 16;

    private const int PartCount = 4;
    private const int LengthsOffset = 8;
    private const int FormOffset = LengthsOffset + (PartCount * sizeof(uint));
    private const int HeadBytes = FormOffset + sizeof(ulong);

    /// <summary>Puts a receipt together. The account is the sender's, the receiver's, or left out.</summary>
    public Receipt(SignedStatement statement, AccountProof? account, TransferEvidence transfer, WindowPath path)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(transfer);
        ArgumentNullException.ThrowIfNull(path);
        Statement = statement;
        Account = account;
        Transfer = transfer;
        Path = path;
    }

    public SignedStatement Statement { get; }

    /// <summary>The record of one party's account; null in a receipt that is shown to somebody whom the balance is no business of.</summary>
    public AccountProof? Account { get; }

    public TransferEvidence Transfer { get; }

    public WindowPath Path { get; }

    private static ReadOnlySpan<byte> Magic => "LC1recpt"u8;

    /// <summary>Reads the binary form from its first byte to its last; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        if (bytes.Length is < HeadBytes or > SizeBytesMax || !bytes.StartsWith(Magic))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[HeadBytes..];
        ulong form = BinaryPrimitives.ReadUInt64LittleEndian(bytes[FormOffset..]);
        if (!TryTake(bytes, 0, ref rest, out ReadOnlySpan<byte> statementBytes)
            || !TryTake(bytes, 1, ref rest, out ReadOnlySpan<byte> accountBytes)
            || !TryTake(bytes, 2, ref rest, out ReadOnlySpan<byte> transferBytes)
            || !TryTake(bytes, 3, ref rest, out ReadOnlySpan<byte> pathBytes)
            || !rest.IsEmpty || form > (ulong)TransferEvidenceForm.BundleItem)
        {
            return false;
        }

        AccountProof? account = null;
        if (!SignedStatement.TryRead(statementBytes, out SignedStatement? statement)
            || (!accountBytes.IsEmpty && !AccountProof.TryDecode(accountBytes, out account))
            || !TransferEvidence.TryRead((TransferEvidenceForm)form, transferBytes, out TransferEvidence? transfer)
            || !WindowPath.TryRead(pathBytes, out WindowPath? path))
        {
            return false;
        }

        receipt = new Receipt(statement, account, transfer, path);
        return true;
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        byte[] account = Account?.ToBytes() ?? [];
        int transferOffset = HeadBytes + Statement.SizeBytes + account.Length;
        int pathOffset = transferOffset + Transfer.Bytes.Length;
        byte[] bytes = new byte[pathOffset + Path.SizeBytes];
        Magic.CopyTo(bytes);
        WriteLength(bytes, 0, Statement.SizeBytes);
        WriteLength(bytes, 1, account.Length);
        WriteLength(bytes, 2, Transfer.Bytes.Length);
        WriteLength(bytes, 3, Path.SizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FormOffset), (ulong)Transfer.Form);
        Statement.CopyTo(bytes.AsSpan(HeadBytes));
        account.CopyTo(bytes, HeadBytes + Statement.SizeBytes);
        Transfer.Bytes.CopyTo(bytes.AsSpan(transferOffset));
        Path.CopyTo(bytes.AsSpan(pathOffset));
        return bytes;
    }

    /// <summary>The same receipt without the account: it shows the transfer, and nobody's balance.</summary>
    public Receipt WithoutAccount() => new(Statement, null, Transfer, Path);

    private static void WriteLength(Span<byte> bytes, int part, int length) =>
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(LengthsOffset + (part * sizeof(uint)))..], length);

    private static bool TryTake(ReadOnlySpan<byte> bytes, int part, ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> taken)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(LengthsOffset + (part * sizeof(uint)))..]);
        if (length > (uint)rest.Length)
        {
            taken = default;
            return false;
        }

        taken = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
