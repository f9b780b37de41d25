using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Runtime;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>Many bytes in one direction over loopback: as messages of the bulk lane, and through a bare TLS stream under the same certificates.</summary>
internal static class BulkLane
{
    /// <summary>Bytes of a message, and of a write to the bare stream.</summary>
    public const int PieceBytes = 256 * 1024;

    private const SslProtocols Protocol = SslProtocols.Tls13;

    /// <summary>Bytes a second from an actor's TryTell on one node to the actor that gets the messages on the other.</summary>
    public static double LanePerSecond(NodePair nodes, int pieces, int run)
    {
        using ManualResetEventSlim done = new();
        IActorRef sink = nodes.SecondSystem.Spawn(Props.Create(() => new Sink(pieces + 1, done)) with { Mailbox = new MailboxOptions { Capacity = 64 } }, $"sink-{run}");
        IActorRef remote = nodes.RefToSecond(sink);
        LargeMessage message = new(null, new byte[PieceBytes]);
        Send(remote, message);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < pieces; i++)
        {
            Send(remote, message);
        }

        done.Wait();
        double perSecond = (double)pieces * PieceBytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        nodes.SecondSystem.Stop(sink);
        return perSecond;
    }

    /// <summary>Bytes a second through an SslStream over a socket, written and read in pieces of the same size.</summary>
    public static double StreamPerSecond(NodePair nodes, int pieces) => StreamPerSecondAsync(nodes, pieces).GetAwaiter().GetResult();

    private static async Task<double> StreamPerSecondAsync(NodePair nodes, int pieces)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket near = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await near.ConnectAsync(listener.LocalEndpoint);
        using Socket far = await listener.AcceptSocketAsync();
        far.NoDelay = true;
        await using SslStream sender = new(new NetworkStream(near));
        await using SslStream receiver = new(new NetworkStream(far));
        await Task.WhenAll(sender.AuthenticateAsClientAsync(Client(nodes)), receiver.AuthenticateAsServerAsync(Server(nodes)));
        Task reading = Task.Run(() => ReadAsync(receiver, (long)pieces * PieceBytes));
        long start = Stopwatch.GetTimestamp();
        await Task.Run(() => WriteAsync(sender, pieces));
        await reading;
        return (double)pieces * PieceBytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static SslClientAuthenticationOptions Client(NodePair nodes) => new()
    {
        TargetHost = nodes.Second.Node.Name,
        EnabledSslProtocols = Protocol,
        ClientCertificateContext = SslStreamCertificateContext.Create(nodes.FirstIdentity.Certificate, null, offline: true),
        CertificateChainPolicy = Trusting(nodes.FirstIdentity.Authority),
    };

    private static SslServerAuthenticationOptions Server(NodePair nodes) => new()
    {
        EnabledSslProtocols = Protocol,
        ClientCertificateRequired = true,
        ServerCertificateContext = SslStreamCertificateContext.Create(nodes.SecondIdentity.Certificate, null, offline: true),
        CertificateChainPolicy = Trusting(nodes.SecondIdentity.Authority),
    };

    private static X509ChainPolicy Trusting(X509Certificate2 authority)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    private static async Task WriteAsync(SslStream stream, int pieces)
    {
        byte[] piece = new byte[PieceBytes];
        for (int i = 0; i < pieces; i++)
        {
            await stream.WriteAsync(piece);
        }

        await stream.FlushAsync();
    }

    private static async Task ReadAsync(SslStream stream, long bytes)
    {
        byte[] piece = new byte[PieceBytes];
        while (bytes > 0)
        {
            int got = await stream.ReadAsync(piece);
            bytes = got > 0 ? bytes - got : throw new EndOfStreamException("The bare stream ended early.");
        }
    }

    /// <summary>Waits while it is pushed back, as a sender would that has other things to do.</summary>
    private static void Send(IActorRef remote, LargeMessage message)
    {
        SpinWait wait = default;
        while (!remote.TryTell(message))
        {
            wait.SpinOnce(sleep1Threshold: 10);
        }
    }

    private sealed class Sink(int pieces, ManualResetEventSlim done) : Actor
    {
        private int _got;

        protected override void Receive(object message)
        {
            ((LargeMessage)message).Release();
            if (++_got == pieces)
            {
                done.Set();
            }
        }
    }
}
