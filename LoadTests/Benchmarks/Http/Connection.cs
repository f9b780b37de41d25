using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>
/// One connection: sends a request that was made beforehand, whole, and reads the answer. It knows just as much of HTTP as this
/// takes, so that the generator takes little of the cores that it shares with the server.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int HeadBytesMax = 4 << 10;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _received = new byte[64 << 10];

    public Connection(IPEndPoint address) => _socket.Connect(address);

    /// <summary>Sends a request and gives the status and the body of the answer, which is good until the next call.</summary>
    /// <exception cref="InvalidOperationException">What comes is no answer with a length.</exception>
    public int Post(ReadOnlySpan<byte> request, out ReadOnlySpan<byte> body)
    {
        while (request.Length != 0)
        {
            request = request[_socket.Send(request)..];
        }

        int have = 0;
        int headBytes;
        while ((headBytes = _received.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Require(have < HeadBytesMax, "the answer's head ends");
            have += Receive(have);
        }

        headBytes += 4;
        ReadOnlySpan<byte> head = _received.AsSpan(0, headBytes);
        int status = NumberAt(head["HTTP/1.1 ".Length..]);
        int bodyBytes = LengthOf(head);
        if (_received.Length < headBytes + bodyBytes)
        {
            Array.Resize(ref _received, headBytes + bodyBytes);
        }

        while (have < headBytes + bodyBytes)
        {
            have += Receive(have);
        }

        body = _received.AsSpan(headBytes, bodyBytes);
        return status;
    }

    public void Dispose() => _socket.Dispose();

    private int Receive(int at)
    {
        int count = _socket.Receive(_received.AsSpan(at));
        Require(count != 0, "the server keeps the connection open");
        return count;
    }

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        int at = head.IndexOf(name);
        Require(at >= 0, "the answer says how long it is");
        return NumberAt(head[(at + name.Length)..]);
    }

    private static int NumberAt(ReadOnlySpan<byte> text)
    {
        Require(Utf8Parser.TryParse(text, out int number, out _), "there is a number");
        return number;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {what}.");
        }
    }
}
