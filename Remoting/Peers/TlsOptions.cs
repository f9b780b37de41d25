using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// TLS 1.3 with a certificate on both sides. TLS itself takes any certificate: whose it is, is judged by <see cref="PeerCheck"/> before anything else goes over
/// the connection, so that the other side can be told by number what is wrong with it.
/// </summary>
internal static class TlsOptions
{
    public static SslClientAuthenticationOptions Client(NodeIdentity identity, string node, Action<X509Certificate2?> judge) => new()
    {
        TargetHost = node,
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
        CertificateChainPolicy = ChainPolicy(identity),
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            judge(certificate as X509Certificate2);
            return certificate is not null;
        },
    };

    /// <summary>Completes what Kestrel has set for a connection that came in.</summary>
    public static void Server(NodeIdentity identity, SslServerAuthenticationOptions options)
    {
        options.EnabledSslProtocols = SslProtocols.Tls13;
        options.ServerCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        options.CertificateChainPolicy = ChainPolicy(identity);
        options.AllowTlsResume = false;
    }

    private static X509ChainPolicy ChainPolicy(NodeIdentity identity)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(identity.Authority);
        return policy;
    }
}
