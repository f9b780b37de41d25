using System.Net.Security;
using System.Net.Sockets;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>Somebody who connects to a node and keeps to no rule.</summary>
internal sealed class RawClient(Stream stream) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    public static async Task<RawClient> ConnectAsync(TestNode to, bool tls = false, NodeIdentity? identity = null)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to.Remoting.EndPoint);
        NetworkStream plain = new(socket, ownsSocket: true);
        if (!tls)
        {
            return new RawClient(plain);
        }

        SslStream secure = new(plain);
        SslClientAuthenticationOptions options = new() { TargetHost = "any", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        if (identity is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        }

        await secure.AuthenticateAsClientAsync(options);
        return new RawClient(secure);
    }

    public static Hello HelloFor(TestNode to, NodeId from, Lane lane = Lane.Control, bool checksums = false) => new(
        ProtocolVersions.Own,
        lane,
        checksums,
        LocalClock.Instance.UtcNowMs,
        from,
        to.Id,
        "seed",
        "127.0.0.1:1",
        "0.1.0");

    /// <summary>Greets; null when the node hangs up without an answer.</summary>
    public async Task<Reply?> GreetAsync(TestNode to, NodeId from, Lane lane = Lane.Control, bool checksums = false)
    {
        await Stream.WriteAsync(HelloFor(to, from, lane, checksums).ToBytes());
        return await ReadReplyAsync();
    }

    public async Task<Reply?> ReadReplyAsync()
    {
        byte[] bytes = new byte[Reply.PrefixBytes + Reply.RestBytesMax];
        if (await Eventually.Within(Stream.ReadAtLeastAsync(bytes.AsMemory(0, Reply.PrefixBytes), Reply.PrefixBytes, throwOnEndOfStream: false).AsTask()) < Reply.PrefixBytes)
        {
            return null;
        }

        Assert.True(Reply.TryReadPrefix(bytes, out int rest));
        await Eventually.Within(Stream.ReadExactlyAsync(bytes.AsMemory(Reply.PrefixBytes, rest)).AsTask());
        Assert.True(Reply.TryRead(bytes.AsSpan(0, Reply.PrefixBytes + rest), out Reply? reply));
        return reply;
    }

    /// <summary>Reads until the node hangs up.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream all = new();
        try
        {
            await Eventually.Within(Stream.CopyToAsync(all));
        }
        catch (IOException)
        {
            // It hung up harshly.
        }

        return all.ToArray();
    }

    public async ValueTask DisposeAsync() => await Stream.DisposeAsync();
}
