using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Hosting.Api;

/// <summary>
/// Tells callers apart by where they call from: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one party gets and draws its
/// addresses from. Those who come through one proxy are one source.
/// </summary>
internal static class RequestSource
{
    private const int NetworkBytes = 8;
    private const int AddressBytes = 16;
    private const ulong AddressMark = 0xFFFF_0000_0000;

    /// <summary>The caller; never <see cref="SourceId.None"/>, which is this process itself.</summary>
    public static SourceId Of(ConnectionInfo connection) => Of(connection.RemoteIpAddress);

    /// <summary>The source that an address belongs to; unknown ones are one source.</summary>
    public static SourceId Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return new SourceId(0, AddressMark);
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return OfVersion4(bytes);
        }

        return address.IsIPv4MappedToIPv6
            ? OfVersion4(bytes[(AddressBytes - sizeof(uint))..])
            : new SourceId(BinaryPrimitives.ReadUInt64BigEndian(bytes[..NetworkBytes]), 1);
    }

    private static SourceId OfVersion4(ReadOnlySpan<byte> bytes) => new(0, AddressMark | BinaryPrimitives.ReadUInt32BigEndian(bytes));
}
