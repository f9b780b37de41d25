using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>
/// Where the HTTP API listens: an IP address of this machine, or both loopback addresses for <c>localhost</c>. Any other name is refused: a web
/// server takes those for "all interfaces".
/// </summary>
internal sealed class ListenAddress
{
    private readonly IPAddress? _address;
    private readonly int _port;

    private ListenAddress(IPAddress? address, int port)
    {
        _address = address;
        _port = port;
    }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => _address is null || IPAddress.IsLoopback(_address);

    /// <summary>Reads an address such as <c>http://127.0.0.1:7700</c>.</summary>
    /// <returns>The address, or null and what is wrong with the text.</returns>
    public static (ListenAddress? Address, string Problem) Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            || url.Scheme is not ("http" or "https")
            || url.PathAndQuery != "/" || url.Fragment.Length != 0 || url.UserInfo.Length != 0)
        {
            return (null, $"url must be like http://127.0.0.1:7700, not '{text}'");
        }

        if (url.Scheme is "https")
        {
            return (null, "url: https is not served; put a TLS proxy in front of a loopback address");
        }

        if (IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address))
        {
            return (new ListenAddress(address, url.Port), "");
        }

        return url.Host is not "localhost" ? (null, $"url must name an address of this machine, such as 127.0.0.1, or localhost, not '{url.Host}'")
            : url.Port == 0 ? (null, "url: any free port can be had on an address, such as 127.0.0.1, but not on localhost")
            : (new ListenAddress(null, url.Port), "");
    }

    /// <summary>Has a server listen here, and nowhere else.</summary>
    public void Configure(KestrelServerOptions server)
    {
        if (_address is null)
        {
            server.ListenLocalhost(_port);
        }
        else
        {
            server.Listen(_address, _port);
        }
    }

    /// <summary>Why a server could not listen, for people; null when the failure has another cause.</summary>
    public static string? Explain(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => "another program listens there",
                    SocketError.AddressNotAvailable => "this machine has no such address",
                    SocketError.AccessDenied => "this user may not listen on that port",
                    _ => socket.Message,
                };
            }
        }

        return failure is IOException ? failure.Message.TrimEnd('.') : null;
    }
}
