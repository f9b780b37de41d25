using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>Files that appear whole or not at all: written under a temporary name, synced, renamed, the folder synced.</summary>
internal static class AtomicFile
{
    public static string TemporaryName(string name) => name + JournalFormat.TemporarySuffix;

    /// <summary>
    /// Makes or replaces the file, durably. The length is a multiple of a page. Throws <see cref="DiskFullException"/> with the
    /// old file still in place.
    /// </summary>
    public static void Write(IDisk disk, string name, AlignedBuffer data, int length)
    {
        string temporary = TemporaryName(name);
        try
        {
            disk.Delete(temporary);
            using (IDiskFile file = disk.Open(temporary, DiskOpen.CreateNew, length))
            {
                data.WriteTo(file, 0, 0, length);
                file.Sync();
            }

            disk.Rename(temporary, name);
            disk.SyncDirectory();
        }
        catch (DiskFullException)
        {
            disk.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="lengthMax"/> bytes.</summary>
    /// <exception cref="JournalCorruptException">It is longer.</exception>
    public static int Read(IDisk disk, string name, AlignedBuffer into, int lengthMax)
    {
        using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        if (file.Length > lengthMax)
        {
            throw new JournalCorruptException(name, lengthMax, "the file is longer than such a file can be");
        }

        int length = (int)file.Length;
        into.EnsureCapacity((int)JournalFormat.PageCeiling(length));
        return file.Read(0, into.Span(0, (int)JournalFormat.PageCeiling(length)));
    }
}
