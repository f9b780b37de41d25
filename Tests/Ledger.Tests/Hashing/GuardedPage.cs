using System.Runtime.InteropServices;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>A page of memory between two that nobody may touch: what reads past either end kills the process.</summary>
internal sealed unsafe partial class GuardedPage : IDisposable
{
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private static readonly nint s_failed = -1;
    private readonly byte* _mapping;

    public GuardedPage()
    {
        nint mapping = Map(0, (nuint)(3 * Length), ProtectionNone, PrivateAnonymous, -1, 0);
        Assert.NotEqual(s_failed, mapping);
        _mapping = (byte*)mapping;
        Assert.Equal(0, Protect((nint)Start, (nuint)Length, ProtectionReadWrite));
        new Random(1).NextBytes(new Span<byte>(Start, Length));
    }

    public static int Length => Environment.SystemPageSize;

    public byte* Start => _mapping + Length;

    public byte* End => Start + Length;

    public void Dispose() => Assert.Equal(0, Unmap((nint)_mapping, (nuint)(3 * Length)));

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
