using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Wire;

/// <summary>The answer to a <see cref="Hello"/>. docs/PROTOCOL.md, section 15.</summary>
/// <remarks>
/// <code>
///  0  8  LC1reply
///  8  2  bytes that follow
/// 10  2  0 for welcome, else the number of a refusal
/// 12  2  the protocol version from now on; 0 when refused
/// 14  2  zero
/// 16  8  its wall clock, milliseconds since 1970
/// 24  4  its incarnation
/// 28  4  zero
/// 32     texts, a byte of length each: cluster, its name, version of its program, what to do about the refusal
/// </code>
/// </remarks>
internal sealed record Reply(HandshakeRefusal Refusal, ushort Version, long ClockMs, NodeId From, string Cluster, string ProgramVersion, string Advice)
{
    public const int PrefixBytes = 10;
    public const int RestBytesMax = 2048;
    private const int TextsOffset = 32;

    private static ReadOnlySpan<byte> Magic => "LC1reply"u8;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[PrefixBytes + RestBytesMax];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)Refusal);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), ClockMs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), From.Incarnation);
        int at = TextsOffset;
        GreetingText.Append(bytes, ref at, Cluster);
        GreetingText.Append(bytes, ref at, From.Name);
        GreetingText.Append(bytes, ref at, ProgramVersion);
        GreetingText.Append(bytes, ref at, Advice);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(at - PrefixBytes));
        return bytes[..at];
    }

    /// <summary>Judges the first bytes, before any more are read. False: no answer of a node.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> prefix, out int rest)
    {
        rest = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        return prefix.StartsWith(Magic) && rest is >= TextsOffset - PrefixBytes and <= RestBytesMax;
    }

    /// <summary>Reads an answer of which the prefix was judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Reply? reply)
    {
        reply = null;
        int at = TextsOffset;
        if (!GreetingText.TryRead(bytes, ref at, out string cluster)
            || !GreetingText.TryRead(bytes, ref at, out string from)
            || !GreetingText.TryRead(bytes, ref at, out string version)
            || !GreetingText.TryRead(bytes, ref at, out string advice))
        {
            return false;
        }

        reply = new Reply(
            (HandshakeRefusal)BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            new NodeId(from, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])),
            cluster,
            version,
            advice);
        return true;
    }
}
