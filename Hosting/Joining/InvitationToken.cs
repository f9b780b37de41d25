using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Joining;

/// <summary>
/// What an operator hands to a new node: which cluster, the fingerprint of its authority, where to ask, and a secret that is good once and not for long.
/// docs/PROTOCOL.md, "Letting a node in".
/// </summary>
/// <param name="ExpiresMs">when it ends, milliseconds since 1970; the database's clock decides</param>
/// <param name="Id">8 bytes that name the invitation</param>
/// <param name="Secret">32 random bytes; the cluster keeps only their hash</param>
/// <param name="Fingerprint">SHA-256 over the authority's certificate, 32 bytes</param>
/// <param name="Cluster">name of the cluster</param>
/// <param name="Seed">where to ask, <c>host:port</c></param>
/// <param name="Node">the only name that may use it; empty: any</param>
internal sealed record InvitationToken(long ExpiresMs, byte[] Id, byte[] Secret, byte[] Fingerprint, string Cluster, string Seed, string Node)
{
    public const int IdLength = 8;
    public const int SecretLength = 32;

    private const string Prefix = "leither1.";
    private const int FingerprintLength = 32;
    private const int ChecksumLength = 4;
    private const int TextBytesMax = 255;
    private const int FixedLength = sizeof(long) + IdLength + SecretLength + FingerprintLength;

    // Longer is none: three texts and the rest, in base64.
    private const int CharactersMax = 2_048;

    /// <summary>The fingerprint as people see it.</summary>
    public string FingerprintText => Convert.ToHexStringLower(Fingerprint);

    /// <summary>The hash of the secret, as the database has it.</summary>
    public byte[] SecretHash => SHA256.HashData(Secret);

    /// <summary>The token's text. Never log it.</summary>
    public string Format()
    {
        byte[] bytes = new byte[FixedLength + Length(Cluster) + Length(Seed) + Length(Node) + ChecksumLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ExpiresMs);
        int at = sizeof(long);
        foreach (byte[] part in new[] { Id, Secret, Fingerprint })
        {
            part.CopyTo(bytes, at);
            at += part.Length;
        }

        foreach (string text in new[] { Cluster, Seed, Node })
        {
            int length = Encoding.UTF8.GetBytes(text, bytes.AsSpan(at + 1));
            bytes[at] = checked((byte)length);
            at += 1 + length;
        }

        SHA256.HashData(bytes.AsSpan(0, at)).AsSpan(0, ChecksumLength).CopyTo(bytes.AsSpan(at));
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token; null when the text is none, or lost a character.</summary>
    public static InvitationToken? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > CharactersMax || !Base64Url.IsValid(text.AsSpan(Prefix.Length)))
        {
            return null;
        }

        byte[] bytes = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));
        int end = bytes.Length - ChecksumLength;
        if (end < FixedLength || !SHA256.HashData(bytes.AsSpan(0, end)).AsSpan(0, ChecksumLength).SequenceEqual(bytes.AsSpan(end)))
        {
            return null;
        }

        var rest = new ArraySegment<byte>(bytes, FixedLength, end - FixedLength);
        return TryTake(ref rest, out string cluster) && TryTake(ref rest, out string seed) && TryTake(ref rest, out string node) && rest.Count == 0
            && ClusterName.IsValid(cluster) && (node.Length == 0 || ClusterName.IsValid(node))
            ? new InvitationToken(
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                bytes[8..16],
                bytes[16..48],
                bytes[48..80],
                cluster,
                seed,
                node)
            : null;
    }

    /// <summary>Shows no secret.</summary>
    public override string ToString() => $"invitation {Convert.ToHexStringLower(Id)} to {Cluster}";

    private static int Length(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        return length <= TextBytesMax ? 1 + length : throw new ArgumentException($"A text in a token has {TextBytesMax} bytes at the most", nameof(text));
    }

    private static bool TryTake(ref ArraySegment<byte> rest, out string text)
    {
        text = "";
        if (rest.Count == 0 || rest.Count < 1 + rest[0])
        {
            return false;
        }

        text = Encoding.UTF8.GetString(rest.AsSpan(1, rest[0]));
        rest = rest[(1 + rest[0])..];
        return true;
    }
}
