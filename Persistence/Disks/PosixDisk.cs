using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;
using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Persistence.Disks;

/// <summary>
/// A folder of the file system. On Linux whole pages go past the page cache (O_DIRECT) where the file system lets them; elsewhere,
/// and for anything not aligned, reads and writes are ordinary ones. A lock file keeps a second process out; it is not listed.
/// </summary>
public sealed class PosixDisk : IDisk, IDisposable
{
    private const string LockName = "lock";

    private readonly SafeFileHandle? _lock;
    private readonly SafeFileHandle? _directory;

    private PosixDisk(string folder, SafeFileHandle? lockFile)
    {
        Folder = folder;
        _lock = lockFile;
        _directory = OperatingSystem.IsLinux() ? OpenDirectory(folder) : null;
    }

    /// <summary>The folder, in full.</summary>
    public string Folder { get; }

    public long FreeBytes => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>Opens the folder for one node, making it where it is absent (for its owner only).</summary>
    /// <exception cref="DataFolderInUseException">Another process has it open.</exception>
    public static PosixDisk Open(string folder)
    {
        string full = Path.GetFullPath(folder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new PosixDisk(full, Lock(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>
    /// Opens an existing folder for reading beside other readers, but not beside a node. Where no node ever ran there is nothing
    /// to lock.
    /// </summary>
    /// <exception cref="DataFolderInUseException">A node runs on it.</exception>
    public static PosixDisk OpenReadOnly(string folder)
    {
        string full = Path.GetFullPath(folder);
        return new PosixDisk(
            full,
            File.Exists(Path.Combine(full, LockName)) ? Lock(full, FileMode.Open, FileAccess.Read, FileShare.Read) : null);
    }

    public bool Exists(string name) => File.Exists(PathOf(name));

    public string[] List()
    {
        string[] names = Directory.GetFiles(Folder);
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Path.GetFileName(names[i]);
        }

        names = Array.FindAll(names, static name => !string.Equals(name, LockName, StringComparison.Ordinal));
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0)
    {
        string path = PathOf(name);
        var file = new PosixFile(path, mode);
        if (mode == DiskOpen.CreateNew && preallocateBytes > 0)
        {
            try
            {
                file.Reserve(preallocateBytes);
            }
            catch
            {
                file.Dispose();
                File.Delete(path);
                throw;
            }
        }

        return file;
    }

    public void Delete(string name) => Do("delete", name, static path => File.Delete(path));

    public void Rename(string from, string to) => Do("rename", from, path => File.Move(path, PathOf(to), overwrite: true));

    public void SyncDirectory()
    {
        if (_directory is not null && LibC.Sync(_directory) < 0)
        {
            throw new DiskFailedException($"Cannot sync {Folder}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Dispose()
    {
        _directory?.Dispose();
        _lock?.Dispose();
    }

    private static SafeFileHandle Lock(string folder, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return File.OpenHandle(Path.Combine(folder, LockName), mode, access, share);
        }
        catch (IOException inUse) when (IsSharingViolation(inUse))
        {
            throw new DataFolderInUseException(folder, inUse);
        }
    }

    private static bool IsSharingViolation(IOException failure)
    {
        const int WouldBlock = 11;
        const int WouldBlockOnMac = 35;
        const int WindowsSharingViolation = unchecked((int)0x80070020);
        return failure.HResult is WouldBlock or WouldBlockOnMac or WindowsSharingViolation;
    }

    private static SafeFileHandle OpenDirectory(string folder)
    {
        int descriptor = LibC.Open(folder, LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new DiskFailedException($"Cannot open the folder {folder}: errno {Marshal.GetLastPInvokeError()}");
    }

    private void Do(string action, string name, Action<string> step)
    {
        string path = PathOf(name);
        try
        {
            step(path);
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw DiskErrors.From(failure, action, path);
        }
    }

    private string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.AsSpan().ContainsAny('/', '\\')
            ? throw new ArgumentException($"{name} is no flat file name", nameof(name))
            : Path.Combine(Folder, name);
    }
}
