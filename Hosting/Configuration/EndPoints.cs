using System.Globalization;
using System.Net;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>Addresses <c>host:port</c> of this machine.</summary>
internal static class EndPoints
{
    /// <summary>The address that a text means.</summary>
    /// <param name="flag">that gives it, for the message</param>
    /// <exception cref="CommandFailedException">No such host is known.</exception>
    public static async Task<IPEndPoint> ResolveAsync(string text, string flag, CancellationToken cancel)
    {
        if (IPEndPoint.TryParse(text, out IPEndPoint? literal))
        {
            return literal;
        }

        int colon = text.LastIndexOf(':');
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(text[..colon], cancel).ConfigureAwait(false);
            return new IPEndPoint(addresses[0], int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture));
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{text} is no address of this machine: {exception.Message}. Choose another with {flag}.");
        }
    }
}
