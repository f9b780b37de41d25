using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>
/// What certificates and signing requests of a cluster look like: ECDSA on P-256 with SHA-256; the organization of the subject is the cluster,
/// its common name the node or operator; an operator has the organizational unit "operator" besides. docs/PROTOCOL.md, section 15.
/// </summary>
internal static class CertificateForm
{
    /// <summary>A certificate begins that much before it is issued, so that a node whose clock is a little behind may use it at once.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);

    private const string OrganizationOid = "2.5.4.10";
    private const string CommonNameOid = "2.5.4.3";
    private const string UnitOid = "2.5.4.11";
    private const string OperatorUnit = "operator";
    private const string P256Oid = "1.2.840.10045.3.1.7";
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";

    /// <summary>A new key pair for an authority or a node.</summary>
    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The request that an authority makes its own certificate from.</summary>
    public static CertificateRequest ForAuthority(string cluster, ECDsa key)
    {
        CertificateRequest request = new(Subject(cluster, null, CertificateKind.Node), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    /// <summary>What a node or an operator asks an authority to sign.</summary>
    public static CertificateRequest ForRequest(string cluster, string name, CertificateKind kind, ECDsa key) => new(Subject(cluster, name, kind), key, HashAlgorithmName.SHA256);

    /// <summary>The request that an authority signs for a node or an operator: nothing in it but the public key comes from them.</summary>
    public static CertificateRequest ForHolder(string cluster, string name, CertificateKind kind, PublicKey key, X509Certificate2 authority)
    {
        CertificateRequest request = new(Subject(cluster, name, kind), key, HashAlgorithmName.SHA256);
        bool isNode = kind == CertificateKind.Node;
        Oid client = new(ClientAuthenticationOid);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(isNode ? [new Oid(ServerAuthenticationOid), client] : [client], critical: false));
        if (isNode)
        {
            SubjectAlternativeNameBuilder alternatives = new();
            alternatives.AddDnsName(name);
            request.CertificateExtensions.Add(alternatives.Build());
        }

        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }

    /// <summary>Reads cluster and node out of a subject. An authority's has no node: null.</summary>
    /// <returns>False when the subject is not of the form, as that of an operator.</returns>
    public static bool TryReadSubject(X500DistinguishedName subject, [NotNullWhen(true)] out string? cluster, out string? node) =>
        TryReadSubject(subject, out cluster, out node, out CertificateKind kind) && kind == CertificateKind.Node;

    /// <summary>Reads cluster, name and kind out of a subject. An authority's has no name: null.</summary>
    /// <returns>False when the subject is not of the form.</returns>
    public static bool TryReadSubject(X500DistinguishedName subject, [NotNullWhen(true)] out string? cluster, out string? name, out CertificateKind kind)
    {
        cluster = null;
        name = null;
        kind = CertificateKind.Node;
        try
        {
            foreach (X500RelativeDistinguishedName part in subject.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (part.HasMultipleElements)
                {
                    return false;
                }

                string? value = part.GetSingleElementValue();
                switch (part.GetSingleElementType().Value)
                {
                    case OrganizationOid when cluster is null && ClusterName.IsValid(value):
                        cluster = value;
                        break;
                    case CommonNameOid when name is null && ClusterName.IsValid(value):
                        name = value;
                        break;
                    case UnitOid when kind == CertificateKind.Node && string.Equals(value, OperatorUnit, StringComparison.Ordinal):
                        kind = CertificateKind.Operator;
                        break;
                    default:
                        return false;
                }
            }
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return false;
        }

        return cluster is not null && (name is not null || kind == CertificateKind.Node);
    }

    /// <summary>Whether a public key is on P-256.</summary>
    public static bool IsFit(PublicKey key)
    {
        using ECDsa? ecdsa = key.GetECDsaPublicKey();
        return ecdsa is not null && string.Equals(ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value, P256Oid, StringComparison.Ordinal);
    }

    /// <summary>What the framework throws on bytes that are no key, certificate or request, or on a kind of key that the platform does not have.</summary>
    public static bool IsUnreadable(Exception exception) => exception is CryptographicException or ArgumentException or NotSupportedException;

    /// <summary>SHA-256 over the whole certificate, in lower-case hexadecimal digits.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    public static DateTimeOffset Time(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs);

    public static long NotBeforeMs(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static long NotAfterMs(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>A time as people read it: 2026-01-31 12:00 UTC.</summary>
    public static string Readable(long utcMs) => Time(utcMs).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static X500DistinguishedName Subject(string cluster, string? name, CertificateKind kind)
    {
        X500DistinguishedNameBuilder subject = new();
        subject.AddOrganizationName(cluster);
        if (kind == CertificateKind.Operator)
        {
            subject.AddOrganizationalUnitName(OperatorUnit);
        }

        if (name is not null)
        {
            subject.AddCommonName(name);
        }

        return subject.Build();
    }
}
