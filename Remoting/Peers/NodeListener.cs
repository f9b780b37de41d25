using System.Net;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// Kestrel's listener for other nodes: takes a bounded number of connections that have not been greeted, judges their greetings, and runs those that pass.
/// </summary>
internal sealed class NodeListener : IAsyncDisposable
{
    /// <summary>So long a stop waits for the others to take what was last said to them.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private readonly RemotingCore _core;
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _stopping = new();
    private int _pending;

    private NodeListener(RemotingCore core)
    {
        _core = core;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(core.Options.Listen, Configure));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        _server = builder.Build();
    }

    /// <summary>Connections that have not been greeted yet.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts to listen. Throws <see cref="IOException"/> when the address cannot be had.</summary>
    public static async Task<NodeListener> StartAsync(RemotingCore core, CancellationToken cancel)
    {
        NodeListener listener = new(core);
        try
        {
            await listener._server.StartAsync(cancel).ConfigureAwait(false);
            Uri address = new(listener._server.Urls.First());
            listener.EndPoint = new IPEndPoint(core.Options.Listen.Address, address.Port);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using (CancellationTokenSource limit = new(s_lastWords))
        {
            await _server.StopAsync(limit.Token).ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Configure(ListenOptions listen)
    {
        listen.Use(next => connection => LimitAsync(next, connection));
        if (_core.Options.Identity is { } identity)
        {
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = identity.Certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (certificate, _, _) => certificate is not null,
                HandshakeTimeout = _core.Options.HandshakeTimeout,
                OnAuthenticate = (_, options) => TlsOptions.Server(identity, options),
            });
        }

        listen.Run(TalkAsync);
    }

    /// <summary>Counts who has not been greeted yet; one too many is closed without a word.</summary>
    private async Task LimitAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Newcomer newcomer = new(this);
        connection.Features.Set(newcomer);
        try
        {
            if (newcomer.IsOneTooMany)
            {
                _core.NoteRefusedHere(null, AddressOf(connection), HandshakeRefusal.TooMany);
                connection.Abort();
                return;
            }

            await next(connection).ConfigureAwait(false);
            if (!newcomer.IsHeard)
            {
                _core.NoteRefusedHere(null, AddressOf(connection), HandshakeRefusal.TlsFailed);
            }
        }
        finally
        {
            newcomer.Leave();
        }
    }

    private async Task TalkAsync(ConnectionContext connection)
    {
        Newcomer newcomer = connection.Features.Get<Newcomer>()!;
        newcomer.IsHeard = true;
        Stream stream = connection.Features.Get<ISslStreamFeature>()?.SslStream ?? (Stream)new DuplexStream(connection.Transport);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, _stopping.Token);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        limit.CancelAfter(_core.Options.HandshakeTimeout);
        Hello? hello = null;
        try
        {
            hello = await ReadHelloAsync(stream, limit.Token).ConfigureAwait(false);
            if (hello is null)
            {
                _core.NoteRefusedHere(null, AddressOf(connection), HandshakeRefusal.Malformed);
                return;
            }

            X509Certificate2? certificate = connection.Features.Get<ISslStreamFeature>()?.SslStream.RemoteCertificate as X509Certificate2;
            HandshakeRefusal refusal = Handshake.Judge(_core.Options, hello, JudgeOf(certificate), _core.System.Clock.UtcNowMs, out ushort version);
            if (refusal == HandshakeRefusal.None && _core.Peers.Admit(hello.From, null, out refusal) is { } peer)
            {
                using InboundConnection welcome = new(_core, peer, stream, hello.Lane, version);
                refusal = await WelcomeAsync(welcome, peer, hello, newcomer, gone.Token, limit.Token).ConfigureAwait(false);
            }

            if (refusal != HandshakeRefusal.None)
            {
                await ReplyAsync(stream, refusal, 0, limit.Token).ConfigureAwait(false);
                _core.NoteRefusedHere(hello.From, AddressOf(connection), refusal);
            }
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            // The other side has gone, or took too long. Elsewhere Kestrel sends what is written before it closes.
            if (limit.IsCancellationRequested && !gone.IsCancellationRequested)
            {
                _core.NoteRefusedHere(hello?.From, AddressOf(connection), HandshakeRefusal.TooSlow);
            }

            connection.Abort();
        }
    }

    /// <summary>Puts a connection in its place, says so, and runs it to its end. Refused only when the peer's life ended in this moment.</summary>
    private async Task<HandshakeRefusal> WelcomeAsync(
        InboundConnection connection,
        Peer peer,
        Hello hello,
        Newcomer newcomer,
        CancellationToken gone,
        CancellationToken limit)
    {
        if (!peer.Accept(connection, out InboundConnection? before))
        {
            return HandshakeRefusal.Gone;
        }

        try
        {
            if (before is not null)
            {
                // Nothing of it may come after what comes now.
                before.Close(HandshakeRefusal.Replaced);
                await before.Ended.WaitAsync(limit).ConfigureAwait(false);
            }

            peer.LearnVersion(hello.ProgramVersion);
            await ReplyAsync(connection.Stream, HandshakeRefusal.None, connection.Version, limit).ConfigureAwait(false);
            newcomer.Leave();
            peer.LearnIfUnknown(hello.Address);
            _core.System.EventStream.Publish(new PeerConnected(peer.Id, connection.Lane, LaneDirection.Inbound, hello.ProgramVersion));
            HandshakeRefusal reason = await connection.RunAsync(gone).ConfigureAwait(false);
            _core.System.EventStream.Publish(new PeerDisconnected(peer.Id, connection.Lane, LaneDirection.Inbound, reason));
            return HandshakeRefusal.None;
        }
        finally
        {
            connection.NoteEnded();
            peer.Release(connection);
        }
    }

    private async Task ReplyAsync(Stream stream, HandshakeRefusal refusal, ushort version, CancellationToken limit)
    {
        Reply reply = new(refusal, version, _core.System.Clock.UtcNowMs, _core.Own, _core.Options.Cluster, _core.Options.ProgramVersion, refusal.Advice());
        await stream.WriteAsync(reply.ToBytes(), limit).ConfigureAwait(false);
        await stream.FlushAsync(limit).ConfigureAwait(false);
    }

    private Func<string, CertificateRefusal>? JudgeOf(X509Certificate2? certificate)
        => _core.Options.Identity is not { } identity
            ? null
            : name => PeerCheck.Check(certificate, identity.Authority, _core.Options.Cluster, name, _core.System.Clock.UtcNowMs, out _);

    private static async Task<Hello?> ReadHelloAsync(Stream stream, CancellationToken limit)
    {
        byte[] bytes = new byte[Hello.PrefixBytes + Hello.RestBytesMax];
        await stream.ReadExactlyAsync(bytes.AsMemory(0, Hello.PrefixBytes), limit).ConfigureAwait(false);
        if (!Hello.TryReadPrefix(bytes, out int rest))
        {
            return null;
        }

        await stream.ReadExactlyAsync(bytes.AsMemory(Hello.PrefixBytes, rest), limit).ConfigureAwait(false);
        return Hello.TryRead(bytes.AsSpan(0, Hello.PrefixBytes + rest), out Hello? hello) ? hello : null;
    }

    private static string AddressOf(ConnectionContext connection) => connection.RemoteEndPoint?.ToString() ?? "";

    /// <summary>A connection while it has not been greeted.</summary>
    private sealed class Newcomer
    {
        private readonly NodeListener _listener;
        private int _hasLeft;

        public Newcomer(NodeListener listener)
        {
            _listener = listener;
            IsOneTooMany = Interlocked.Increment(ref listener._pending) > listener._core.Options.PendingHandshakesMax;
        }

        public bool IsOneTooMany { get; }

        /// <summary>It has come past TLS.</summary>
        public bool IsHeard { get; set; }

        public void Leave()
        {
            if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
            {
                Interlocked.Decrement(ref _listener._pending);
            }
        }
    }

    /// <summary>The node's own host ends it; signals are not this server's business.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
