using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Remoting.Wire;

/// <summary>CRC-32C over header and body, for connections that nothing else protects.</summary>
internal static class FrameChecksum
{
    private static readonly byte[] s_zero = new byte[sizeof(uint)];

    /// <summary>The checksum of a frame, whatever stands in its checksum field.</summary>
    public static uint Of(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        uint checksum = Crc32C.Of(header[..FrameHeader.ChecksumOffset]);
        checksum = Crc32C.Append(checksum, s_zero);
        checksum = Crc32C.Append(checksum, header[(FrameHeader.ChecksumOffset + sizeof(uint))..FrameHeader.Bytes]);
        return Crc32C.Append(checksum, body);
    }

    /// <summary>Puts its checksum into a whole frame.</summary>
    public static void Seal(Span<byte> frame)
        => BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameHeader.ChecksumOffset..], Of(frame[..FrameHeader.Bytes], frame[FrameHeader.Bytes..]));
}
