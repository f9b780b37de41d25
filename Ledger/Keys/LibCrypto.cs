using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// The functions of OpenSSL 3's libcrypto that Ed25519 needs; .NET on Linux uses the same library itself. See the
/// manual pages EVP_PKEY_new(3), EVP_DigestSignInit(3).
/// </summary>
internal static unsafe partial class LibCrypto
{
    public const int Ed25519Type = 1087;

    private const string Library = "libcrypto";
    private const int ErrorTextLengthMax = 256;
    private static readonly string[] s_fileNames = ["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"];

    static LibCrypto() => NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial KeyHandle NewPrivateKey(int type, nint engine, byte* seed, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_private_key")]
    public static partial int GetPrivateKey(KeyHandle key, byte* seed, nuint* length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int GetPublicKey(KeyHandle key, byte* bytes, nuint* length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new_id")]
    public static partial KeyContextHandle NewKeyContext(int type, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_keygen_init")]
    public static partial int StartGeneration(KeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_keygen")]
    public static partial int Generate(KeyContextHandle context, out KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial nint NewDigestContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_reset")]
    public static partial int ResetDigestContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void FreeDigestContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static partial int StartSigning(nint context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    public static partial int Sign(nint context, byte* signature, nuint* signatureLength, byte* message, nuint messageLength);

    /// <summary>Empties this thread's error queue: .NET's own use of the library would trip over what stays there.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();

    /// <exception cref="CryptographicException">A call did not return what it returns on success.</exception>
    public static void Require(bool success)
    {
        if (!success)
        {
            ThrowLastError();
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    private static partial void FreeKeyContext(nint context);

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    private static partial nuint GetError();

    [LibraryImport(Library, EntryPoint = "ERR_error_string_n")]
    private static partial void ErrorText(nuint error, byte* text, nuint length);

    private static void ThrowLastError()
    {
        byte* text = stackalloc byte[ErrorTextLengthMax];
        ErrorText(GetError(), text, ErrorTextLengthMax);
        ClearErrors();
        throw new CryptographicException($"libcrypto failed: {Marshal.PtrToStringUTF8((nint)text)}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!string.Equals(name, Library, StringComparison.Ordinal))
        {
            return 0;
        }

        foreach (string fileName in s_fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, assembly, searchPath, out nint library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            $"Ed25519 needs OpenSSL 3's libcrypto, and none of {string.Join(", ", s_fileNames)} could be loaded. On Debian it is the package libssl3.");
    }

    /// <summary>An EVP_PKEY. Freeing one with a private key overwrites the key's memory.</summary>
    internal sealed class KeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    /// <summary>An EVP_PKEY_CTX.</summary>
    internal sealed class KeyContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeKeyContext(handle);
            return true;
        }
    }
}
