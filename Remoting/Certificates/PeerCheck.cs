using System.Security.Cryptography.X509Certificates;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>Whether a certificate is that of a node, or an operator, of a cluster. Pure: time comes in.</summary>
public static class PeerCheck
{
    /// <summary>Checks the certificate that the other side of a connection showed.</summary>
    /// <param name="certificate">what it showed; null when it showed none</param>
    /// <param name="authority">the cluster's own authority</param>
    /// <param name="expectedNode">the node that it should be; null when any of the cluster will do</param>
    /// <param name="utcMs">now, in milliseconds since 1970</param>
    /// <param name="node">the node's name, when it is of the form; else null</param>
    public static CertificateRefusal Check(X509Certificate2? certificate, X509Certificate2 authority, string cluster, string? expectedNode, long utcMs, out string? node) =>
        Check(certificate, authority, cluster, CertificateKind.Node, expectedNode, utcMs, out node);

    /// <summary>Checks the certificate that an operator showed to a node. A node's certificate is <see cref="CertificateRefusal.Malformed"/> here.</summary>
    public static CertificateRefusal CheckOperator(X509Certificate2? certificate, X509Certificate2 authority, string cluster, long utcMs, out string? name) =>
        Check(certificate, authority, cluster, CertificateKind.Operator, null, utcMs, out name);

    private static CertificateRefusal Check(
        X509Certificate2? certificate, X509Certificate2 authority, string cluster, CertificateKind kind, string? expectedName, long utcMs, out string? name)
    {
        ArgumentNullException.ThrowIfNull(authority);
        name = null;
        if (certificate is null)
        {
            return CertificateRefusal.Missing;
        }

        if (!CertificateForm.TryReadSubject(certificate.SubjectName, out string? itsCluster, out name, out CertificateKind itsKind) || name is null || itsKind != kind)
        {
            return CertificateRefusal.Malformed;
        }

        if (!string.Equals(itsCluster, cluster, StringComparison.Ordinal))
        {
            return CertificateRefusal.WrongCluster;
        }

        if (!IsSignedBy(certificate, authority))
        {
            return CertificateRefusal.ForeignAuthority;
        }

        if (utcMs < CertificateForm.NotBeforeMs(certificate))
        {
            return CertificateRefusal.NotYetValid;
        }

        if (utcMs > CertificateForm.NotAfterMs(certificate))
        {
            return CertificateRefusal.Expired;
        }

        return expectedName is null || string.Equals(name, expectedName, StringComparison.Ordinal) ? CertificateRefusal.None : CertificateRefusal.NameMismatch;
    }

    /// <summary>Whether the authority signed the certificate, for a node and not for another authority. Its time is not looked at.</summary>
    internal static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate) && chain.ChainElements.Count == 2 && chain.ChainElements[1].Certificate.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span);
    }
}
