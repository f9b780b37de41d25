using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The one source of native memory for the records and pages of all trees of the process: blocks of one size, so that
/// nothing fragments, cut from large regions that the system is asked to back with huge pages. A returned block serves the
/// next tree that asks; memory is not given back to the system. Safe from any thread.
/// </summary>
internal static unsafe partial class BlockArena
{
    /// <summary>Bytes of a block: 4 pages, or 320 records. Blocks are aligned to 64 bytes and not cleared.</summary>
    public const int BlockBytes = 20 * 1024;

    private const nuint RegionBytes = 32 << 20;
    private const nuint HugePageBytes = 2 << 20;
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivateAnonymousNoReserve = 0x02 | 0x20 | 0x4000;
    private const int AdviseHugePages = 14;
    private const nint MapFailed = -1;

    private static readonly Lock Gate = new();
    private static byte* _returned;
    private static byte* _next;
    private static byte* _end;

    /// <summary>A block of <see cref="BlockBytes"/>.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no more.</exception>
    public static byte* Rent()
    {
        lock (Gate)
        {
            byte* block = _returned;
            if (block != null)
            {
                _returned = *(byte**)block;
                return block;
            }

            if (_end - _next < BlockBytes)
            {
                _next = MapRegion();
                _end = _next + RegionBytes;
            }

            block = _next;
            _next += BlockBytes;
            return block;
        }
    }

    /// <summary>Takes back what <see cref="Rent"/> gave, once.</summary>
    public static void Return(byte* block)
    {
        lock (Gate)
        {
            *(byte**)block = _returned;
            _returned = block;
        }
    }

    private static byte* MapRegion()
    {
        nint mapped = OperatingSystem.IsLinux()
            ? Map(0, RegionBytes + HugePageBytes, ProtectReadWrite, MapPrivateAnonymousNoReserve, -1, 0)
            : MapFailed;
        if (mapped == MapFailed)
        {
            return (byte*)NativeMemory.AlignedAlloc(RegionBytes, HugePageBytes);
        }

        nuint aligned = ((nuint)mapped + HugePageBytes - 1) & ~(HugePageBytes - 1);

        // Advice only: without huge pages the tree is right and slower.
        _ = Advise((nint)aligned, RegionBytes, AdviseHugePages);
        return (byte*)aligned;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
