using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;

namespace LeitherCluster.Hosting.Api;

/// <summary>
/// An account proof together with its signed statement, as the API serves and files keep it: JSON, or bytes (docs/PROTOCOL.md, section 10):
/// <code>
/// 0   "LC1acprf"
/// 8   length of the signed statement(4) | length of the proof(4)
/// 16  signed statement | proof
/// </code>
/// </summary>
internal static class AccountProofDocument
{
    private const int HeadBytes = 16;

    private static ReadOnlySpan<byte> Magic => "LC1acprf"u8;

    public static byte[] ToBytes(SignedStatement statement, AccountProof proof)
    {
        byte[] proofBytes = proof.ToBytes();
        byte[] bytes = new byte[HeadBytes + statement.SizeBytes + proofBytes.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), statement.SizeBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), proofBytes.Length);
        statement.CopyTo(bytes.AsSpan(HeadBytes));
        proofBytes.CopyTo(bytes, HeadBytes + statement.SizeBytes);
        return bytes;
    }

    public static AccountProofResult ToJson(SignedStatement statement, AccountProof proof) => new(
        JsonText.Of(writer => StatementJson.Write(writer, statement)),
        JsonText.Parse(Encoding.UTF8.GetBytes(proof.ToJson())));

    /// <summary>Reads either form; false for anything else. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedStatement? statement, [NotNullWhen(true)] out AccountProof? proof) =>
        bytes.StartsWith(Magic) ? TryReadBytes(bytes, out statement, out proof) : TryReadJson(bytes, out statement, out proof);

    private static bool TryReadBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedStatement? statement, [NotNullWhen(true)] out AccountProof? proof)
    {
        statement = null;
        proof = null;
        if (bytes.Length < HeadBytes)
        {
            return false;
        }

        ulong statementLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        ulong proofLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return HeadBytes + statementLength + proofLength == (ulong)bytes.Length
            && SignedStatement.TryRead(bytes.Slice(HeadBytes, (int)statementLength), out statement)
            && AccountProof.TryDecode(bytes[(HeadBytes + (int)statementLength)..], out proof);
    }

    private static bool TryReadJson(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SignedStatement? statement, [NotNullWhen(true)] out AccountProof? proof)
    {
        statement = null;
        proof = null;
        try
        {
            AccountProofResult? document = JsonSerializer.Deserialize(utf8, ApiJson.Default.AccountProofResult);
            return document is not null
                && StatementJson.TryRead(Encoding.UTF8.GetBytes(document.Statement.GetRawText()), out statement, out _)
                && AccountProof.TryParseJson(document.Proof.GetRawText(), out proof);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
