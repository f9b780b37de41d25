using System.Net.Sockets;
using System.Security.Authentication;

namespace LeitherCluster.Remoting.Peers;

/// <summary>What a connection throws when it fails or is given up; anything else is a bug.</summary>
internal static class ConnectionFailure
{
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(500);

    public static bool Is(Exception exception) => exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    /// <summary>Writes last words, if the other side still takes them.</summary>
    public static async Task WriteBrieflyAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        using CancellationTokenSource brief = new(s_brief);
        try
        {
            await stream.WriteAsync(bytes, brief.Token).ConfigureAwait(false);
            await stream.FlushAsync(brief.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (Is(e) || e is NotSupportedException or InvalidOperationException)
        {
            // It hears nothing any more, or a write before was given up half way.
        }
    }
}
