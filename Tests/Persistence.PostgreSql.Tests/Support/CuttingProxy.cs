using System.Net;
using System.Net.Sockets;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>
/// Stands between a client and the server's socket, and cuts every connection at one chosen message: before the server gets it, or after
/// the server has answered it and before the client hears that. New connections are served again.
/// </summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _socket;
    private readonly List<Socket> _open = [];
    private readonly Lock _gate = new();
    private int _cutAt = -1;
    private bool _answersAreLost;
    private int _messages;

    public CuttingProxy(string socket)
    {
        _socket = socket;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From the cut on, new connections are closed at once.</summary>
    public bool StopServingWhenCut { get; set; }

    /// <summary>How often a connection was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>What clients have sent since <see cref="Arm"/>, counted in writes.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>Cuts at the client's write of that number from now on, counted from 0; -1: at none.</summary>
    public void Arm(int message, bool answersAreLost)
    {
        lock (_gate)
        {
            _messages = 0;
            _cutAt = message;
            _answersAreLost = answersAreLost;
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        CutAll();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.AcceptSocket();
                if (StopServingWhenCut && _cutAt < 0)
                {
                    client.Dispose();
                    continue;
                }

                client.NoDelay = true;
                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    server.Connect(new UnixDomainSocketEndPoint(_socket));
                }
                catch (SocketException)
                {
                    client.Dispose();
                    continue;
                }

                lock (_gate)
                {
                    _open.Add(client);
                    _open.Add(server);
                }

                var link = new Link(client, server);
                new Thread(() => Forward(link)) { IsBackground = true }.Start();
                new Thread(() => Answer(link)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Forward(Link link)
    {
        byte[] buffer = new byte[1 << 20];
        try
        {
            for (int read = link.Client.Receive(buffer); read > 0; read = link.Client.Receive(buffer))
            {
                bool isCut;
                lock (_gate)
                {
                    isCut = _messages++ == _cutAt;
                    link.IsDeaf |= isCut && _answersAreLost;
                }

                if (isCut && !_answersAreLost)
                {
                    CutAll();
                    return;
                }

                link.Server.Send(buffer, read, SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }

        link.Client.Dispose();
        link.Server.Dispose();
    }

    private void Answer(Link link)
    {
        byte[] buffer = new byte[1 << 20];
        try
        {
            for (int read = link.Server.Receive(buffer); read > 0; read = link.Server.Receive(buffer))
            {
                bool isDeaf;
                lock (_gate)
                {
                    isDeaf = link.IsDeaf;
                }

                if (isDeaf)
                {
                    CutAll();
                    return;
                }

                link.Client.Send(buffer, read, SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }

        link.Client.Dispose();
        link.Server.Dispose();
    }

    private void CutAll()
    {
        lock (_gate)
        {
            Cuts++;
            _cutAt = -1;
            _open.ForEach(socket => socket.Dispose());
            _open.Clear();
        }
    }

    private sealed class Link(Socket client, Socket server)
    {
        public Socket Client { get; } = client;

        public Socket Server { get; } = server;

        public bool IsDeaf { get; set; }
    }
}
