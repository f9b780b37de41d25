using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Joining;

/// <summary>
/// Asks a node of a cluster to be let in. The authority's certificate is fetched first and compared with the token's fingerprint; the secret goes only to a node
/// whose certificate that authority signed.
/// </summary>
internal sealed class JoinClient(string seed, InvitationToken token, TimeProvider clock)
{
    private const int AnswerBytesMax = 256 << 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks.</summary>
    /// <param name="node">the name that the node is to have</param>
    /// <param name="requestPem">its signing request</param>
    /// <exception cref="CommandFailedException">Nobody answers, the authority is another one, or the node is not let in.</exception>
    public async Task<JoinGrant> AskAsync(string node, string requestPem, CancellationToken cancel)
    {
        using X509Certificate2 authority = await FetchAuthorityAsync(cancel).ConfigureAwait(false);
        CertificateRefusal refusal = CertificateRefusal.None;
        using HttpClient http = Client(certificate =>
        {
            refusal = PeerCheck.Check(certificate, authority, token.Cluster, null, clock.GetUtcNow().ToUnixTimeMilliseconds(), out _);
            return refusal == CertificateRefusal.None;
        });
        var request = new JoinRequest(token.Cluster, Convert.ToHexStringLower(token.Id), Convert.ToHexStringLower(token.Secret), node, requestPem);
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, JoinJson.Default.JoinRequest));
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsync(JoinEndpoints.JoinPath, body, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (refusal != CertificateRefusal.None)
        {
            throw new CommandFailedException(ExitCode.Refused, Explain(refusal));
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }

        using (response)
        {
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? Read(answer) : throw FailureOf(answer);
        }
    }

    private async Task<X509Certificate2> FetchAuthorityAsync(CancellationToken cancel)
    {
        // What comes is public, and counts for nothing unless it has the fingerprint.
        using HttpClient http = Client(static _ => true);
        try
        {
            string pem = await http.GetStringAsync(JoinEndpoints.AuthorityPath, cancel).ConfigureAwait(false);
            X509Certificate2 authority = X509Certificate2.CreateFromPem(pem);
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(authority.RawData), token.Fingerprint))
            {
                return authority;
            }

            string found = Convert.ToHexStringLower(SHA256.HashData(authority.RawData));
            authority.Dispose();
            throw new CommandFailedException(
                ExitCode.Refused,
                $"What answers at {seed} has the authority {found[..16]}…, and the token means {token.FingerprintText[..16]}… of cluster {token.Cluster}. Check the address; nothing was sent to it.");
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"What answers at {seed} is no node of a LeitherCluster. Say the address that 'leither cluster invite' printed.");
        }
    }

    private HttpClient Client(Func<X509Certificate2?, bool> accept) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => accept(certificate as X509Certificate2),
        },
    })
    {
        BaseAddress = new Uri($"https://{seed}"),
        Timeout = s_patience,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    private CommandFailedException Unreachable(HttpRequestException exception) =>
        new(ExitCode.Unreachable, $"No node lets anybody in at {seed} ({exception.HttpRequestError}). Say the address that 'leither cluster invite' printed, and see whether that node runs.");

    private JoinGrant Read(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, JoinJson.Default.JoinGrant) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw NotOurs();
        }
    }

    private CommandFailedException FailureOf(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, JoinJson.Default.JoinRefused) is { Refusal: not JoinRefusal.None } refused
                ? new CommandFailedException(refused.Refusal == JoinRefusal.NotNow ? ExitCode.Busy : ExitCode.Refused, $"Not let in: {refused.Name} ({(int)refused.Refusal}). {refused.Detail}")
                : NotOurs();
        }
        catch (JsonException)
        {
            return NotOurs();
        }
    }

    private CommandFailedException NotOurs() => new(ExitCode.Unreachable, $"What answers at {seed} is no node of this version. Use the same version on both sides.");

    private string Explain(CertificateRefusal refusal) => refusal switch
    {
        CertificateRefusal.NotYetValid => $"The certificate of the node at {seed} begins in the future: set this machine's clock right.",
        CertificateRefusal.Expired => $"The certificate of the node at {seed} is over, or this machine's clock is off. Renew it there: leither ca issue.",
        CertificateRefusal.WrongCluster => $"The node at {seed} is of another cluster than {token.Cluster}. Check the address; the secret was not sent.",
        _ => $"The node at {seed} has no certificate of the authority that the token means. Check the address; the secret was not sent.",
    };
}
