using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>The few calls of libcrypto that a bare verification takes: the limit of what verifies through it.</summary>
internal static unsafe partial class BareLibCrypto
{
    private const string Library = "libcrypto.so.3";
    private const int Ed25519Type = 1087;

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    public static nint NewKey(byte* bytes) => NewPublicKey(Ed25519Type, 0, bytes, PublicKey.ByteLength);

    /// <summary>1 if the signature is valid.</summary>
    public static int Verify(nint context, nint key, byte* signature, byte* message, int messageBytes)
    {
        _ = StartVerifying(context, 0, 0, 0, key);
        int verdict = DigestVerify(context, signature, Signature.ByteLength, message, (nuint)messageBytes);
        _ = ResetContext(context);
        return verdict;
    }

    /// <summary>Whether a signature is valid, from nothing but its bytes.</summary>
    public static bool IsValid(in SignatureCheck check)
    {
        nint key = NewKey(check.PublicKey);
        nint context = NewContext();
        int verdict = Verify(context, key, check.Signature, check.Message, check.MessageLength);
        FreeContext(context);
        FreeKey(key);
        return verdict == 1;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewPublicKey(int type, nint engine, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int StartVerifying(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int DigestVerify(nint context, byte* signature, nuint signatureLength, byte* message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_reset")]
    private static partial int ResetContext(nint context);
}
