using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeitherCluster.Tests.Client.Support;

/// <summary>
/// An address of a node that fails as it is told to: it loses answers after the node took the request, or says something else instead. Otherwise bytes
/// go through as they are.
/// </summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _node;
    private readonly CancellationTokenSource _end = new();
    private readonly Queue<string> _said = [];
    private readonly Lock _gate = new();
    private int _answersToLose;

    public FaultyProxy(Uri node)
    {
        _node = node;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>Answers that were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>The next answers are lost: the connection breaks when the node begins to give one.</summary>
    public void LoseAnswers(int count)
    {
        lock (_gate)
        {
            _answersToLose = count;
        }
    }

    /// <summary>The next request gets this answer, and never reaches the node.</summary>
    public void Say(string statusAndHeaders)
    {
        lock (_gate)
        {
            _said.Enqueue(statusAndHeaders);
        }
    }

    /// <summary>Ends as a node that is killed: nobody listens, and every connection breaks.</summary>
    public void Dispose()
    {
        _listener.Stop();
        _end.Cancel();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken end = _end.Token;
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(end);
                _ = ServeAsync(client, end);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It has ended.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken end)
    {
        using Socket toClient = client;
        try
        {
            if (TakeSaid() is { } said)
            {
                byte[] request = new byte[64 << 10];
                await toClient.ReceiveAsync(request, end);
                await toClient.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {said}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), end);
                return;
            }

            using var toNode = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await toNode.ConnectAsync(IPAddress.Loopback, _node.Port, end);
            await Task.WhenAny(CopyAsync(toClient, toNode, isAnswer: false, end), CopyAsync(toNode, toClient, isAnswer: true, end));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    private string? TakeSaid()
    {
        lock (_gate)
        {
            return _said.TryDequeue(out string? said) ? said : null;
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isAnswer, CancellationToken end)
    {
        byte[] buffer = new byte[64 << 10];
        while (await from.ReceiveAsync(buffer, end) is > 0 and int count)
        {
            if (isAnswer && IsLost())
            {
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, count), end);
        }
    }

    private bool IsLost()
    {
        lock (_gate)
        {
            if (_answersToLose == 0)
            {
                return false;
            }

            _answersToLose--;
            Lost++;
            return true;
        }
    }
}
