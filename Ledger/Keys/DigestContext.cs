using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Ledger.Keys;

/// <summary>This thread's EVP_MD_CTX, kept from one signature to the next and freed some time after the thread ends.</summary>
internal sealed class DigestContext : SafeHandleZeroOrMinusOneIsInvalid
{
    [ThreadStatic]
    private static DigestContext? t_current;

    internal DigestContext()
        : base(ownsHandle: true)
    {
        SetHandle(LibCrypto.NewDigestContext());
        LibCrypto.Require(!IsInvalid);
    }

    /// <summary>The empty context, for this thread only. Whoever uses it empties it again.</summary>
    public static nint OfThisThread() => (t_current ??= new DigestContext()).handle;

    /// <summary>Lets go of the key and the state of the last use: a private key must not live on here.</summary>
    public static void Empty(nint context) => LibCrypto.Require(LibCrypto.ResetDigestContext(context) == 1);

    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeDigestContext(handle);
        return true;
    }
}
