using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Undercroft.Servers;

/// <summary>A certificate for <c>localhost</c> and 127.0.0.1, and the authority that has signed it, made for a test.
/// </summary>
public sealed class TestCertificate
{
    private TestCertificate(string authorityPem, string serverPem, string keyPem) =>
        (AuthorityPem, ServerPem, KeyPem) = (authorityPem, serverPem, keyPem);

    /// <summary>Whom a client must trust.</summary>
    public string AuthorityPem { get; }

    /// <summary>What the server shows.</summary>
    public string ServerPem { get; }

    /// <summary>What the server keeps for itself.</summary>
    public string KeyPem { get; }

    /// <summary>Makes one.</summary>
    public static TestCertificate Create()
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        var until = from.AddDays(30);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest(
            "CN=Undercroft test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        authorityRequest.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var server = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(12));
        return new TestCertificate(
            authority.ExportCertificatePem(), server.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
