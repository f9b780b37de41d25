using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>What came of an attempt to connect: a stream after the greeting, or why there is none.</summary>
/// <param name="ByOther">the other side refused, and said what to do</param>
internal readonly record struct DialResult(Stream? Stream, ushort Version, string ProgramVersion, HandshakeRefusal Refusal, bool ByOther, string Advice)
{
    public static DialResult Refused(HandshakeRefusal refusal) => new(null, 0, "", refusal, false, "");
}

/// <summary>Opens connections to other nodes: TCP, TLS, greeting.</summary>
internal static class Dialer
{
    /// <summary>Connects one lane to a node, within the handshake's time limit. Throws only when cancelled.</summary>
    public static async Task<DialResult> DialAsync(RemotingCore core, NodeId to, string address, Lane lane, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(core.Options.HandshakeTimeout);
        Stream? stream = null;
        DialResult result = default;
        try
        {
            (stream, HandshakeRefusal refusal) = await ConnectAsync(core, to, address, limit.Token).ConfigureAwait(false);
            result = refusal == HandshakeRefusal.None
                ? await GreetAsync(core, to, lane, stream!, limit.Token).ConfigureAwait(false)
                : DialResult.Refused(refusal);
            return result;
        }
        catch (Exception e) when (ConnectionFailure.Is(e) && !cancel.IsCancellationRequested)
        {
            HandshakeRefusal failed = e is AuthenticationException ? HandshakeRefusal.TlsFailed : HandshakeRefusal.Broken;
            return DialResult.Refused(limit.IsCancellationRequested ? HandshakeRefusal.TooSlow : failed);
        }
        finally
        {
            if (result.Stream is null && stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<(Stream? Stream, HandshakeRefusal Refusal)> ConnectAsync(RemotingCore core, NodeId to, string address, CancellationToken cancel)
    {
        if (!TryParse(address, out EndPoint? endPoint))
        {
            return (null, HandshakeRefusal.Broken);
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream stream;
        try
        {
            await socket.ConnectAsync(endPoint!, cancel).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (core.Options.Identity is not { } identity)
        {
            return IsLoopback(socket.RemoteEndPoint) ? (stream, HandshakeRefusal.None) : (stream, HandshakeRefusal.PlainNotOnLoopback);
        }

        SslStream tls = new(stream);
        CertificateRefusal certificate = CertificateRefusal.Missing;
        try
        {
            SslClientAuthenticationOptions options = TlsOptions.Client(identity, to.Name, shown =>
                certificate = PeerCheck.Check(shown, identity.Authority, core.Options.Cluster, to.Name, core.System.Clock.UtcNowMs, out _));
            await tls.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return (tls, HandshakeRefusals.Of(certificate));
    }

    private static async Task<DialResult> GreetAsync(RemotingCore core, NodeId to, Lane lane, Stream stream, CancellationToken cancel)
    {
        RemotingOptions options = core.Options;
        Hello hello = new(options.Versions, lane, core.IsPlain, core.System.Clock.UtcNowMs, core.Own, to, options.Cluster, core.Address, options.ProgramVersion);
        await stream.WriteAsync(hello.ToBytes(), cancel).ConfigureAwait(false);
        byte[] bytes = new byte[Reply.PrefixBytes + Reply.RestBytesMax];
        await stream.ReadExactlyAsync(bytes.AsMemory(0, Reply.PrefixBytes), cancel).ConfigureAwait(false);
        if (!Reply.TryReadPrefix(bytes, out int rest))
        {
            return DialResult.Refused(HandshakeRefusal.Malformed);
        }

        await stream.ReadExactlyAsync(bytes.AsMemory(Reply.PrefixBytes, rest), cancel).ConfigureAwait(false);
        if (!Reply.TryRead(bytes.AsSpan(0, Reply.PrefixBytes + rest), out Reply? reply))
        {
            return DialResult.Refused(HandshakeRefusal.Malformed);
        }

        if (reply.Refusal != HandshakeRefusal.None)
        {
            return new DialResult(null, 0, reply.ProgramVersion, reply.Refusal, ByOther: true, reply.Advice);
        }

        HandshakeRefusal refusal = Handshake.Judge(options, reply, to, core.System.Clock.UtcNowMs);
        return refusal == HandshakeRefusal.None
            ? new DialResult(stream, reply.Version, reply.ProgramVersion, HandshakeRefusal.None, ByOther: false, "")
            : DialResult.Refused(refusal);
    }

    private static bool TryParse(string address, out EndPoint? endPoint)
    {
        if (IPEndPoint.TryParse(address, out IPEndPoint? numbers))
        {
            endPoint = numbers;
            return numbers.Port > 0;
        }

        int colon = address.LastIndexOf(':');
        bool isName = colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
        endPoint = isName ? new DnsEndPoint(address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture)) : null;
        return isName;
    }

    private static bool IsLoopback(EndPoint? endPoint) => endPoint is IPEndPoint { Address: var ip } && IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip);
}
