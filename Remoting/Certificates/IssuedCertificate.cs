using System.Security.Cryptography.X509Certificates;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>A certificate that an authority made for a node or an operator.</summary>
/// <param name="Node">the node's name, or the operator's</param>
/// <param name="Serial">its number, 32 hexadecimal digits</param>
/// <param name="NotBeforeMs">when it begins, milliseconds since 1970</param>
/// <param name="NotAfterMs">when it ends, milliseconds since 1970</param>
/// <param name="Pem">the certificate</param>
/// <param name="Kind">whom it is for</param>
public sealed record IssuedCertificate(string Node, string Serial, long NotBeforeMs, long NotAfterMs, string Pem, CertificateKind Kind)
{
    internal static IssuedCertificate Of(X509Certificate2 certificate, string node, CertificateKind kind) => new(
        node,
        certificate.SerialNumber,
        CertificateForm.NotBeforeMs(certificate),
        CertificateForm.NotAfterMs(certificate),
        certificate.ExportCertificatePem() + "\n",
        kind);
}
