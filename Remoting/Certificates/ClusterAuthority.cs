using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>
/// The cluster's own certificate authority, in a folder: <c>ca.key</c>, <c>ca.crt</c>, and in <c>issued/</c> a copy of every certificate it made, by
/// serial number. A cluster trusts this authority and no other. Files are readable by their owner only, and whole whenever they are there.
/// </summary>
public sealed class ClusterAuthority : IDisposable
{
    /// <summary>How long an authority lasts unless asked otherwise.</summary>
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(3650);

    /// <summary>How long a node's certificate lasts unless asked otherwise.</summary>
    public static readonly TimeSpan DefaultNodeValidity = TimeSpan.FromDays(365);

    private const string KeyFile = "ca.key";
    private const string CertificateFile = "ca.crt";
    private const string IssuedFolder = "issued";
    private const int SerialBytes = 16;

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    private ClusterAuthority(string folder, string cluster, X509Certificate2 certificate)
    {
        _folder = folder;
        Cluster = cluster;
        _certificate = certificate;
    }

    /// <summary>Name of the cluster that it is for.</summary>
    public string Cluster { get; }

    /// <summary>SHA-256 over its certificate, 64 hexadecimal digits: what whoever joins compares.</summary>
    public string Fingerprint => CertificateForm.Fingerprint(_certificate);

    /// <summary>When it ends, milliseconds since 1970.</summary>
    public long NotAfterMs => CertificateForm.NotAfterMs(_certificate);

    /// <summary>Its certificate, without the key.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Makes an authority in a folder: <see cref="AuthorityOutcome.AlreadyThere"/> and <see cref="AuthorityOutcome.InvalidName"/> write nothing.</summary>
    public static AuthorityOutcome TryCreate(string folder, string cluster, TimeSpan validity, IClock clock, IChance chance, out ClusterAuthority? authority)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(chance);
        authority = null;
        if (!ClusterName.IsValid(cluster))
        {
            return AuthorityOutcome.InvalidName;
        }

        if (File.Exists(Path.Combine(folder, KeyFile)) || File.Exists(Path.Combine(folder, CertificateFile)))
        {
            return AuthorityOutcome.AlreadyThere;
        }

        using ECDsa key = CertificateForm.NewKey();
        CertificateRequest request = CertificateForm.ForAuthority(cluster, key);
        DateTimeOffset now = CertificateForm.Time(clock.UtcNowMs);
        using X509Certificate2 bare = request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            now - CertificateForm.ClockSlack,
            now + validity,
            NewSerial(chance));
        ProtectedFile.CreateFolder(folder);
        ProtectedFile.Write(Path.Combine(folder, KeyFile), key.ExportPkcs8PrivateKeyPem() + "\n");
        ProtectedFile.Write(Path.Combine(folder, CertificateFile), bare.ExportCertificatePem() + "\n");
        authority = new ClusterAuthority(folder, cluster, bare.CopyWithPrivateKey(key));
        return AuthorityOutcome.Success;
    }

    /// <summary>Opens the authority in a folder: <see cref="AuthorityOutcome.NotThere"/> or <see cref="AuthorityOutcome.Corrupt"/> when that cannot be.</summary>
    public static AuthorityOutcome TryOpen(string folder, out ClusterAuthority? authority)
    {
        authority = null;
        string certificateFile = Path.Combine(folder, CertificateFile);
        string keyFile = Path.Combine(folder, KeyFile);
        if (!File.Exists(certificateFile) || !File.Exists(keyFile))
        {
            return AuthorityOutcome.NotThere;
        }

        try
        {
            X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            if (CertificateForm.TryReadSubject(certificate.SubjectName, out string? cluster, out string? node) && node is null)
            {
                authority = new ClusterAuthority(folder, cluster, certificate);
                return AuthorityOutcome.Success;
            }

            certificate.Dispose();
        }
        catch (Exception e) when (CertificateForm.IsUnreadable(e))
        {
            // Said by the outcome.
        }

        return AuthorityOutcome.Corrupt;
    }

    /// <summary>Makes a certificate for a node, or for an operator, from its signing request.</summary>
    /// <param name="requestPem">the request, PKCS #10 in PEM; whoever made it has the key</param>
    /// <param name="expectedName">the node or operator that may have it; null for whom the request names</param>
    /// <param name="validity">how long it lasts, above zero and at most as long as the authority</param>
    /// <param name="kind">what is asked for: a request for another kind is refused</param>
    public AuthorityOutcome TryIssue(
        string requestPem, string? expectedName, TimeSpan validity, IClock clock, IChance chance, out IssuedCertificate? issued, CertificateKind kind = CertificateKind.Node)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(chance);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validity, TimeSpan.Zero);
        issued = null;
        AuthorityOutcome outcome = TryReadRequest(requestPem, expectedName, kind, out PublicKey? key, out string? name);
        if (outcome != AuthorityOutcome.Success)
        {
            return outcome;
        }

        long nowMs = clock.UtcNowMs;
        if (nowMs >= NotAfterMs)
        {
            return AuthorityOutcome.AuthorityExpired;
        }

        if (nowMs < CertificateForm.NotBeforeMs(_certificate))
        {
            return AuthorityOutcome.AuthorityNotYetValid;
        }

        DateTimeOffset begin = CertificateForm.Time(Math.Max(nowMs - (long)CertificateForm.ClockSlack.TotalMilliseconds, CertificateForm.NotBeforeMs(_certificate)));
        DateTimeOffset end = CertificateForm.Time(Math.Min(nowMs + (long)validity.TotalMilliseconds, NotAfterMs));
        using X509Certificate2 certificate = CertificateForm.ForHolder(Cluster, name!, kind, key!, _certificate).Create(_certificate, begin, end, NewSerial(chance));
        issued = IssuedCertificate.Of(certificate, name!, kind);
        string issuedFolder = Path.Combine(_folder, IssuedFolder);
        ProtectedFile.CreateFolder(issuedFolder);
        ProtectedFile.Write(Path.Combine(issuedFolder, issued.Serial + ".crt"), issued.Pem);
        return AuthorityOutcome.Success;
    }

    /// <summary>All certificates that it made, by name and then by when they began. A file among them that is none is left out.</summary>
    public IReadOnlyList<IssuedCertificate> Issued()
    {
        string issuedFolder = Path.Combine(_folder, IssuedFolder);
        if (!Directory.Exists(issuedFolder))
        {
            return [];
        }

        List<IssuedCertificate> found = [];
        foreach (string file in Directory.EnumerateFiles(issuedFolder, "*.crt"))
        {
            if (TryReadPem(File.ReadAllText(file), out X509Certificate2? certificate))
            {
                using (certificate)
                {
                    if (CertificateForm.TryReadSubject(certificate.SubjectName, out _, out string? name, out CertificateKind kind) && name is not null)
                    {
                        found.Add(IssuedCertificate.Of(certificate, name, kind));
                    }
                }
            }
        }

        return [.. found.OrderBy(certificate => certificate.Node, StringComparer.Ordinal).ThenBy(certificate => certificate.NotBeforeMs)];
    }

    public void Dispose() => _certificate.Dispose();

    internal static bool TryReadPem(string pem, [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
            return true;
        }
        catch (Exception e) when (CertificateForm.IsUnreadable(e))
        {
            certificate = null;
            return false;
        }
    }

    private AuthorityOutcome TryReadRequest(string requestPem, string? expectedName, CertificateKind expectedKind, out PublicKey? key, out string? name)
    {
        key = null;
        name = null;
        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (CertificateForm.IsUnreadable(e))
        {
            return AuthorityOutcome.MalformedRequest;
        }

        if (!CertificateForm.TryReadSubject(request.SubjectName, out string? cluster, out name, out CertificateKind kind) || name is null)
        {
            return AuthorityOutcome.MalformedRequest;
        }

        key = request.PublicKey;
        if (!CertificateForm.IsFit(key))
        {
            return AuthorityOutcome.UnfitKey;
        }

        if (!string.Equals(cluster, Cluster, StringComparison.Ordinal))
        {
            return AuthorityOutcome.WrongCluster;
        }

        return kind != expectedKind ? AuthorityOutcome.KindMismatch
            : expectedName is null || string.Equals(expectedName, name, StringComparison.Ordinal) ? AuthorityOutcome.Success
            : AuthorityOutcome.NameMismatch;
    }

    /// <summary>128 random bits, positive and without a leading zero byte, as RFC 5280 has it.</summary>
    private static byte[] NewSerial(IChance chance)
    {
        byte[] serial = new byte[SerialBytes];
        chance.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
