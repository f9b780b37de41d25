using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <summary>
/// What the asker of a private inquiry signs (docs/PROTOCOL.md, section 10):
/// <code>
/// 0   "LC1query"
/// 8   ledger(20) | zeros(4)
/// 32  time(8), ms
/// 40  method | " " | target: as in the request line, path and query as sent
/// </code>
/// </summary>
public static class InquiryMessage
{
    /// <summary>Header with the asker's public key, 64 hexadecimal digits.</summary>
    public const string KeyHeader = "Leither-Key";

    /// <summary>Header with the time of asking, milliseconds since 1970 as a decimal number.</summary>
    public const string TimeHeader = "Leither-Time";

    /// <summary>Header with the signature, 128 hexadecimal digits.</summary>
    public const string SignatureHeader = "Leither-Signature";

    private const int TextOffset = 40;

    /// <summary>The bytes to sign.</summary>
    /// <param name="ledger">the ledger that is asked</param>
    /// <param name="at">when</param>
    /// <param name="method">the HTTP method, upper case</param>
    /// <param name="target">path and query as they stand in the request line</param>
    public static byte[] Build(in LedgerId ledger, Timestamp at, string method, string target)
    {
        byte[] message = new byte[TextOffset + method.Length + 1 + Encoding.UTF8.GetByteCount(target)];
        "LC1query"u8.CopyTo(message);
        ledger.CopyTo(message.AsSpan(8));
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(32), at.UnixMs);
        int end = TextOffset + Encoding.ASCII.GetBytes(method, message.AsSpan(TextOffset));
        message[end] = (byte)' ';
        Encoding.UTF8.GetBytes(target, message.AsSpan(end + 1));
        return message;
    }
}
