using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>libsodium's verification, where that library is installed: a known peer.</summary>
internal static unsafe class BareLibSodium
{
    private static readonly delegate* unmanaged<byte*, byte*, ulong, byte*, int> s_verify = Load();

    public static bool IsInstalled => s_verify != null;

    public static bool Verify(in SignatureCheck check) =>
        s_verify(check.Signature, check.Message, (ulong)check.MessageLength, check.PublicKey) == 0;

    private static delegate* unmanaged<byte*, byte*, ulong, byte*, int> Load()
    {
        if (!NativeLibrary.TryLoad("libsodium.so.23", out nint library))
        {
            return null;
        }

        var start = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "sodium_init");
        return start() < 0
            ? null
            : (delegate* unmanaged<byte*, byte*, ulong, byte*, int>)NativeLibrary.GetExport(library, "crypto_sign_verify_detached");
    }
}
