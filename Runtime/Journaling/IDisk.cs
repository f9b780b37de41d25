namespace LeitherCluster.Runtime.Journaling;

/// <summary>How <see cref="IDisk.Open"/> treats presence and absence of the file.</summary>
public enum DiskOpen
{
    /// <summary>It must not be there yet.</summary>
    CreateNew = 0,

    /// <summary>It must be there; read and write.</summary>
    Existing = 1,

    /// <summary>It must be there; only reads and locks nothing out.</summary>
    ReadOnly = 2,
}

/// <summary>
/// The tiny file system that a file journal stands on: one folder of files with flat names, so that the simulated host can put
/// a faulty disk under the real journal. Names made, renamed or deleted are durable after <see cref="SyncDirectory"/>; content
/// after <see cref="IDiskFile.Sync"/>. Every call may throw <see cref="DiskFailedException"/>.
/// </summary>
public interface IDisk
{
    bool Exists(string name);

    /// <summary>All names, in ordinal order.</summary>
    string[] List();

    /// <summary>
    /// Opens a file. <paramref name="preallocateBytes"/> &gt; 0 on a new one reserves room: its length becomes that and it reads as
    /// zeros, and writes into it do not run out of room. Throws <see cref="DiskFullException"/> when there is none.
    /// </summary>
    IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0);

    /// <summary>Removes the name; nothing happens when it is absent.</summary>
    void Delete(string name);

    /// <summary>Renames in one step, replacing the target. After a crash either name or the other is there, never none.</summary>
    void Rename(string from, string to);

    /// <summary>Makes all names as they are now durable.</summary>
    void SyncDirectory();

    long FreeBytes { get; }
}

/// <summary>One open file. One writer at a time; reads may run beside it.</summary>
public interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads at an offset; returns the bytes read, fewer than asked only at the end of the file.</summary>
    int Read(long offset, Span<byte> into);

    /// <summary>Writes all bytes, extending the file as needed. Throws <see cref="DiskFullException"/>, possibly with a part written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Like Write, past the page cache where the file system lets us: offset, address and length are multiples of 4,096.
    /// </summary>
    unsafe void WriteAligned(long offset, byte* data, nint length);

    /// <summary>Makes the file's content and length durable. After a failure nothing is known about what was written since the last one.</summary>
    void Sync();

    /// <summary>Cuts the file to that length, or extends it with zeros.</summary>
    void Truncate(long length);

    /// <summary>
    /// Extends the file with zeros to at least that length and sets room aside for it, where the file system can: writes into it
    /// then do not run out of room. Throws <see cref="DiskFullException"/> when there is none.
    /// </summary>
    void Reserve(long length)
    {
        if (length > Length)
        {
            Truncate(length);
        }
    }
}

/// <summary>No room left. Room may come back: the same call may be made again.</summary>
public sealed class DiskFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The disk refused a read, a write or a sync. What it holds is not to be trusted before it has been read again.</summary>
public sealed class DiskFailedException(string message, Exception? inner = null) : IOException(message, inner);
