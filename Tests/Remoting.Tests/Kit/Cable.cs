using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>What lies between two nodes: passes bytes on, until it is cut or stops passing any.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile bool _isFrozen;

    public Cable(IPEndPoint to)
    {
        _listener.Start();
        _accepting = AcceptAsync(to);
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Ends all connections; new ones can be made.</summary>
    public void Cut()
    {
        while (_sockets.TryTake(out Socket? socket))
        {
            socket.Dispose();
        }
    }

    /// <summary>From now on bytes are swallowed and nobody is told.</summary>
    public void Freeze() => _isFrozen = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint to)
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_end.Token);
                Socket far = new(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(to, _end.Token);
                _sockets.Add(near);
                _sockets.Add(far);
                _ = PassAsync(near, far);
                _ = PassAsync(far, near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                if (!_isFrozen)
                {
                    await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Over.
        }

        if (!_isFrozen)
        {
            to.Dispose();
        }
    }
}
