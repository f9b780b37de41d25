using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Wire;

/// <summary>The first bytes of whoever opens a connection. docs/PROTOCOL.md, section 15.</summary>
/// <remarks>
/// <code>
///  0  8  LC1hello
///  8  2  bytes that follow
/// 10  2  lowest protocol version it speaks
/// 12  2  highest
/// 14  1  lane
/// 15  1  1 when frames bear checksums, as they do without TLS; else 0
/// 16  8  its wall clock, milliseconds since 1970
/// 24  4  its incarnation
/// 28  4  incarnation of the node that it means
/// 32     texts, a byte of length each: cluster, its name, name of the node that it means, its address, version of its program
/// </code>
/// Bytes after the last text are left to later versions.
/// </remarks>
internal sealed record Hello(
    ProtocolVersions Versions,
    Lane Lane,
    bool Checksums,
    long ClockMs,
    NodeId From,
    NodeId To,
    string Cluster,
    string Address,
    string ProgramVersion)
{
    public const int PrefixBytes = 10;

    /// <summary>Most bytes after the prefix.</summary>
    public const int RestBytesMax = 2048;

    private const int TextsOffset = 32;

    private static ReadOnlySpan<byte> Magic => "LC1hello"u8;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[PrefixBytes + RestBytesMax];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), Versions.Lowest);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), Versions.Highest);
        bytes[14] = (byte)Lane;
        bytes[15] = Checksums ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), ClockMs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), From.Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), To.Incarnation);
        int at = TextsOffset;
        GreetingText.Append(bytes, ref at, Cluster);
        GreetingText.Append(bytes, ref at, From.Name);
        GreetingText.Append(bytes, ref at, To.Name);
        GreetingText.Append(bytes, ref at, Address);
        GreetingText.Append(bytes, ref at, ProgramVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(at - PrefixBytes));
        return bytes[..at];
    }

    /// <summary>Judges the first bytes, before any more are read. False: no greeting.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> prefix, out int rest)
    {
        rest = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        return prefix.StartsWith(Magic) && rest is >= TextsOffset - PrefixBytes and <= RestBytesMax;
    }

    /// <summary>Reads a greeting of which the prefix was judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Hello? hello)
    {
        hello = null;
        int at = TextsOffset;
        if (bytes[14] > (byte)Lane.Bulk
            || bytes[15] > 1
            || !GreetingText.TryRead(bytes, ref at, out string cluster)
            || !GreetingText.TryRead(bytes, ref at, out string from)
            || !GreetingText.TryRead(bytes, ref at, out string to)
            || !GreetingText.TryRead(bytes, ref at, out string address)
            || !GreetingText.TryRead(bytes, ref at, out string version))
        {
            return false;
        }

        hello = new Hello(
            new ProtocolVersions(BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..])),
            (Lane)bytes[14],
            bytes[15] == 1,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            new NodeId(from, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])),
            new NodeId(to, BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..])),
            cluster,
            address,
            version);
        return true;
    }
}
