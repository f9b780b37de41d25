using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Persistence.Disks;

/// <summary>
/// What .NET has no name for in Linux's C library. Every call returns -1 on failure and leaves its reason to
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class LibC
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int CloseOnExec = 0x80000;

    public const int InterruptedCall = 4;
    public const int InvalidArgument = 22;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>O_DIRECT and O_DIRECTORY, whose bits are swapped on ARM.</summary>
    public static int Direct => IsArm ? 0x10000 : 0x4000;

    public static int Directory => IsArm ? 0x4000 : 0x10000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Read(SafeFileHandle file, byte* into, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Write(SafeFileHandle file, byte* data, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
