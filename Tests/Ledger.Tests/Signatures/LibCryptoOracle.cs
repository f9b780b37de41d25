using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>What OpenSSL's libcrypto says of a signature: RFC 8032's equation without the cofactor, and R compared as bytes.</summary>
internal static unsafe partial class LibCryptoOracle
{
    private const string Library = "libcrypto.so.3";
    private const int Ed25519Type = 1087;

    public static bool IsValid(in SignatureCheck check)
    {
        nint key = NewPublicKey(Ed25519Type, 0, check.PublicKey, PublicKey.ByteLength);
        nint context = NewContext();
        Assert.Equal(1, StartVerifying(context, 0, 0, 0, key));
        int verdict = Verify(context, check.Signature, Signature.ByteLength, check.Message, (nuint)check.MessageLength);
        ClearErrors();
        FreeContext(context);
        FreeKey(key);
        return verdict == 1;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewPublicKey(int type, nint engine, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int StartVerifying(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(nint context, byte* signature, nuint signatureLength, byte* message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();
}
