using System.Buffers.Binary;

namespace LeitherCluster.Remoting.Wire;

/// <summary>
/// The 32 bytes before every body. All little-endian; docs/PROTOCOL.md, section 15.
/// </summary>
/// <remarks>
/// <code>
///  0  4  bytes of the body
///  4  1  protocol version
///  5  1  lane
///  6  1  kind
///  7  1  zero
///  8  4  CRC-32C over header, with this field zero, and body; zero under TLS
/// 12  4  type of the message (kind Message), reason (Close), else zero
/// 16  8  target: number of a name; with the highest bit set, the number of a question
/// 24  8  sender: the same; zero for nobody
/// </code>
/// </remarks>
internal readonly record struct FrameHeader(int BodyBytes, byte Version, Lane Lane, FrameKind Kind, uint Checksum, uint Type, ulong Target, ulong Sender)
{
    public const int Bytes = 32;
    public const int ChecksumOffset = 8;

    /// <summary>Set in a target or sender that is the number of a question and not of a name.</summary>
    public const ulong QuestionBit = 1UL << 63;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, BodyBytes);
        to[4] = Version;
        to[5] = (byte)Lane;
        to[6] = (byte)Kind;
        to[7] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(to[ChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Type);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], Target);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], Sender);
    }

    /// <summary>Reads a header and judges all of it but the checksum.</summary>
    public static FrameFault TryRead(ReadOnlySpan<byte> from, byte version, Lane lane, int bodyBytesMax, out FrameHeader header)
    {
        uint bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(from);
        header = new FrameHeader(
            (int)Math.Min(bodyBytes, int.MaxValue),
            from[4],
            (Lane)from[5],
            (FrameKind)from[6],
            BinaryPrimitives.ReadUInt32LittleEndian(from[ChecksumOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[24..]));
        if (header.Version != version || header.Lane != lane)
        {
            return FrameFault.WrongVersionOrLane;
        }

        if (header.Kind is < FrameKind.Message or > FrameKind.Close || from[7] != 0)
        {
            return FrameFault.UnknownKind;
        }

        return bodyBytes > (uint)bodyBytesMax ? FrameFault.TooLong : FrameFault.None;
    }
}
