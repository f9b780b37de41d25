using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>
/// A node's own credentials, in a folder: <c>node.key</c>, <c>node.crt</c>, and <c>ca.crt</c>, the authority that it trusts. The key is made here
/// and never leaves. An operator's are the same, as <c>operator.key</c> and <c>operator.crt</c>.
/// </summary>
public sealed class NodeIdentity : IDisposable
{
    private const string AuthorityFile = "ca.crt";

    private NodeIdentity(string cluster, string name, CertificateKind kind, X509Certificate2 certificate, X509Certificate2 authority)
    {
        Cluster = cluster;
        Node = name;
        Kind = kind;
        Certificate = certificate;
        Authority = authority;
    }

    /// <summary>Name of the cluster.</summary>
    public string Cluster { get; }

    /// <summary>The node's name, or the operator's.</summary>
    public string Node { get; }

    /// <summary>Whose credentials these are.</summary>
    public CertificateKind Kind { get; }

    /// <summary>The node's certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The authority's certificate.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>When the certificate ends, milliseconds since 1970.</summary>
    public long NotAfterMs => CertificateForm.NotAfterMs(Certificate);

    /// <summary>
    /// Makes the node's key, if there is none yet, and a signing request for it: PKCS #10 in PEM. Only <see cref="AuthorityOutcome.InvalidName"/> and
    /// <see cref="AuthorityOutcome.Corrupt"/> (of a key that is there) are refused.
    /// </summary>
    public static AuthorityOutcome TryRequest(string folder, string cluster, string node, out string? requestPem, CertificateKind kind = CertificateKind.Node)
    {
        requestPem = null;
        if (!ClusterName.IsValid(cluster) || !ClusterName.IsValid(node))
        {
            return AuthorityOutcome.InvalidName;
        }

        string keyFile = KeyFileIn(folder, kind);
        using ECDsa key = CertificateForm.NewKey();
        if (File.Exists(keyFile))
        {
            try
            {
                key.ImportFromPem(File.ReadAllText(keyFile));
            }
            catch (Exception e) when (CertificateForm.IsUnreadable(e))
            {
                return AuthorityOutcome.Corrupt;
            }
        }
        else
        {
            ProtectedFile.CreateFolder(folder);
            ProtectedFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        requestPem = CertificateForm.ForRequest(cluster, node, kind, key).CreateSigningRequestPem() + "\n";
        return AuthorityOutcome.Success;
    }

    /// <summary>Puts the certificate that an authority issued, and the authority's own, beside the key, in place of older ones.</summary>
    /// <param name="fingerprint">of the authority that was meant; null when its certificate came on a way that is trusted</param>
    /// <returns><see cref="AuthorityOutcome.WrongFingerprint"/> and <see cref="AuthorityOutcome.WrongCertificate"/> write nothing.</returns>
    public static AuthorityOutcome TryAccept(string folder, string certificatePem, string authorityPem, string? fingerprint, CertificateKind kind = CertificateKind.Node)
    {
        string keyFile = KeyFileIn(folder, kind);
        if (!File.Exists(keyFile))
        {
            return AuthorityOutcome.NotThere;
        }

        if (!ClusterAuthority.TryReadPem(authorityPem, out X509Certificate2? authority))
        {
            return AuthorityOutcome.WrongCertificate;
        }

        using (authority)
        {
            if (fingerprint is not null && !string.Equals(fingerprint, CertificateForm.Fingerprint(authority), StringComparison.OrdinalIgnoreCase))
            {
                return AuthorityOutcome.WrongFingerprint;
            }

            AuthorityOutcome outcome = TryJoin(certificatePem, File.ReadAllText(keyFile), authority, kind, out NodeIdentity? identity);
            if (outcome != AuthorityOutcome.Success)
            {
                return outcome;
            }

            identity!.Certificate.Dispose();
        }

        ProtectedFile.Write(Path.Combine(folder, AuthorityFile), authorityPem, replace: true);
        ProtectedFile.Write(CertificateFileIn(folder, kind), certificatePem, replace: true);
        return AuthorityOutcome.Success;
    }

    /// <summary>Opens a node's credentials. That they are in time is not checked: see <see cref="PeerCheck"/>.</summary>
    public static AuthorityOutcome TryOpen(string folder, out NodeIdentity? identity, CertificateKind kind = CertificateKind.Node)
    {
        identity = null;
        string[] files = [CertificateFileIn(folder, kind), KeyFileIn(folder, kind), Path.Combine(folder, AuthorityFile)];
        if (!Array.TrueForAll(files, File.Exists))
        {
            return AuthorityOutcome.NotThere;
        }

        if (!ClusterAuthority.TryReadPem(File.ReadAllText(files[2]), out X509Certificate2? authority))
        {
            return AuthorityOutcome.Corrupt;
        }

        AuthorityOutcome outcome = TryJoin(File.ReadAllText(files[0]), File.ReadAllText(files[1]), authority, kind, out identity);
        if (outcome == AuthorityOutcome.Success)
        {
            return outcome;
        }

        authority.Dispose();
        return AuthorityOutcome.Corrupt;
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Authority.Dispose();
    }

    private static string KeyFileIn(string folder, CertificateKind kind) => Path.Combine(folder, kind == CertificateKind.Node ? "node.key" : "operator.key");

    private static string CertificateFileIn(string folder, CertificateKind kind) => Path.Combine(folder, kind == CertificateKind.Node ? "node.crt" : "operator.crt");

    private static AuthorityOutcome TryJoin(string certificatePem, string keyPem, X509Certificate2 authority, CertificateKind kind, out NodeIdentity? identity)
    {
        identity = null;
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception e) when (CertificateForm.IsUnreadable(e))
        {
            return AuthorityOutcome.WrongCertificate;
        }

        if (CertificateForm.TryReadSubject(certificate.SubjectName, out string? cluster, out string? name, out CertificateKind itsKind)
            && name is not null && itsKind == kind && PeerCheck.IsSignedBy(certificate, authority))
        {
            identity = new NodeIdentity(cluster, name, kind, certificate, authority);
            return AuthorityOutcome.Success;
        }

        certificate.Dispose();
        return AuthorityOutcome.WrongCertificate;
    }
}
