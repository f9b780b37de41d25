using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;
using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Persistence.Disks;

/// <summary>
/// A file with two handles: an ordinary one, and one past the page cache for whole pages, where the system has that. The kernel
/// keeps the two coherent as long as no page is written through both at once, which one writer at a time gives.
/// </summary>
internal sealed unsafe class PosixFile : IDiskFile
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly SafeFileHandle? _direct;

    public PosixFile(string path, DiskOpen mode)
    {
        _path = path;
        FileAccess access = mode == DiskOpen.ReadOnly ? FileAccess.Read : FileAccess.ReadWrite;
        try
        {
            _file = File.OpenHandle(
                path,
                mode == DiskOpen.CreateNew ? FileMode.CreateNew : FileMode.Open,
                access,
                FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw DiskErrors.From(failure, "open", path);
        }

        _direct = OperatingSystem.IsLinux() ? OpenDirect(path, access) : null;
    }

    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Whether whole pages go past the page cache.</summary>
    public bool IsDirect => _direct is not null;

    public int Read(long offset, Span<byte> into)
    {
        fixed (byte* start = into)
        {
            bool isAligned = (((nint)start | (nint)offset | into.Length) & (JournalBuffer.Alignment - 1)) == 0;
            return _direct is not null && isAligned ? ReadDirect(offset, start, into.Length) : ReadOrdinary(offset, into);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, offset);
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw DiskErrors.From(failure, "write", _path);
        }
    }

    public void WriteAligned(long offset, byte* data, nint length)
    {
        if ((((nint)data | (nint)offset | length) & (JournalBuffer.Alignment - 1)) != 0)
        {
            throw new ArgumentException($"Offset {offset}, address and length {length} must be multiples of {JournalBuffer.Alignment}", nameof(length));
        }

        if (_direct is null)
        {
            Write(offset, new ReadOnlySpan<byte>(data, checked((int)length)));
            return;
        }

        while (length > 0)
        {
            nint written = LibC.Write(_direct, data, length, offset);
            if (written < 0)
            {
                ThrowUnlessInterrupted("write");
                continue;
            }

            // The system may stop in the middle of a page: the rest begins anew with that page.
            written &= -JournalBuffer.Alignment;
            if (written == 0)
            {
                throw new DiskFullException($"No room to write {_path}");
            }

            data += written;
            offset += written;
            length -= written;
        }
    }

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            if (LibC.SyncData(_file) < 0)
            {
                throw new DiskFailedException($"Cannot sync {_path}: errno {Marshal.GetLastPInvokeError()}");
            }

            return;
        }

        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw new DiskFailedException($"Cannot sync {_path}: {failure.Message}", failure);
        }
    }

    public void Truncate(long length)
    {
        try
        {
            RandomAccess.SetLength(_file, length);
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw DiskErrors.From(failure, "cut", _path);
        }
    }

    public void Reserve(long length)
    {
        long present = Length;
        if (length <= present)
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            Truncate(length);
            return;
        }

        while (LibC.Allocate(_file, 0, present, length - present) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == LibC.NotSupported)
            {
                Truncate(length);
                return;
            }

            if (errno != LibC.InterruptedCall)
            {
                throw DiskErrors.FromErrno(errno, "reserve", _path);
            }
        }
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _file.Dispose();
    }

    private static SafeFileHandle? OpenDirect(string path, FileAccess access)
    {
        int flags = (access == FileAccess.Read ? LibC.ReadOnly : LibC.ReadWrite) | LibC.Direct | LibC.CloseOnExec;
        int descriptor = LibC.Open(path, flags, 0);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == LibC.InvalidArgument ? null : throw DiskErrors.FromErrno(errno, "open", path);
    }

    private int ReadOrdinary(long offset, Span<byte> into)
    {
        int total = 0;
        try
        {
            while (total < into.Length)
            {
                int read = RandomAccess.Read(_file, into[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }
        catch (Exception failure) when (DiskErrors.IsRefusal(failure))
        {
            throw new DiskFailedException($"Cannot read {_path}: {failure.Message}", failure);
        }
    }

    private int ReadDirect(long offset, byte* into, int length)
    {
        int total = 0;
        while (total < length)
        {
            nint read = LibC.Read(_direct!, into + total, length - total, offset + total);
            if (read < 0)
            {
                ThrowUnlessInterrupted("read");
                continue;
            }

            total += (int)read;
            if (read == 0 || (read & (JournalBuffer.Alignment - 1)) != 0)
            {
                break;
            }
        }

        return total;
    }

    private void ThrowUnlessInterrupted(string action)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != LibC.InterruptedCall)
        {
            throw DiskErrors.FromErrno(errno, action, _path);
        }
    }
}
