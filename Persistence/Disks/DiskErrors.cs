using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Disks;

/// <summary>What the system's refusals mean to a journal: no room, which passes, or a failed disk, which does not.</summary>
internal static class DiskErrors
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>From an errno.</summary>
    public static IOException FromErrno(int errno, string action, string path) => errno switch
    {
        LibC.NoSpace or LibC.QuotaExceeded or LibC.FileTooBig => new DiskFullException($"No room to {action} {path}"),
        _ => new DiskFailedException($"Cannot {action} {path}: errno {errno}"),
    };

    /// <summary>From an exception of the framework, whose HResult is the errno on Unix.</summary>
    public static IOException From(Exception failure, string action, string path) =>
        failure.HResult is LibC.NoSpace or LibC.QuotaExceeded or LibC.FileTooBig or WindowsDiskFull or WindowsHandleDiskFull
            ? new DiskFullException($"No room to {action} {path}", failure)
            : new DiskFailedException($"Cannot {action} {path}: {failure.Message}", failure);

    /// <summary>True for what the framework throws when the system refuses.</summary>
    public static bool IsRefusal(Exception failure) =>
        failure is (IOException or UnauthorizedAccessException) and not (DiskFullException or DiskFailedException);
}
