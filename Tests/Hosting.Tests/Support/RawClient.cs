using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace LeitherCluster.Tests.Hosting.Support;

/// <summary>A connection to the API that allocates nothing once it is open: whole requests out, the bodies of answers in.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received;

    public RawClient(Uri url, int answerBytesMax)
    {
        _received = new byte[answerBytesMax + 1_024];
        _socket.Connect(IPAddress.Loopback, url.Port);
    }

    public void Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }
    }

    /// <summary>The body of the answer, good until the next call; empty when its status is another than 200.</summary>
    public ReadOnlySpan<byte> Receive()
    {
        int have = 0;
        int bodyAt;
        while ((bodyAt = _received.AsSpan(0, have).IndexOf("\r\n\r\n"u8) + 4) < 4)
        {
            have += _socket.Receive(_received.AsSpan(have));
        }

        ReadOnlySpan<byte> head = _received.AsSpan(0, bodyAt);
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            return [];
        }

        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        if (!Utf8Parser.TryParse(head[(head.IndexOf(name) + name.Length)..], out int length, out _))
        {
            throw new InvalidOperationException("The answer does not say how long it is.");
        }

        while (have < bodyAt + length)
        {
            have += _socket.Receive(_received.AsSpan(have));
        }

        return _received.AsSpan(bodyAt, length);
    }

    public void Dispose() => _socket.Dispose();
}
