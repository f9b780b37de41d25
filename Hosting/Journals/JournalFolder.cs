using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals;

/// <summary>A journal that is only looked at, while no node runs on it.</summary>
internal static class JournalFolder
{
    public const long BufferBytesMax = 2L << 30;

    /// <summary>Shows the whole journal to a visitor; every checksum and length is checked on the way.</summary>
    /// <exception cref="CommandFailedException">There is none, a node runs on it, or something is not what was written.</exception>
    public static JournalReport Inspect(LedgerFolder folder, IJournalVisitor visitor)
    {
        if (!Directory.Exists(folder.JournalFolder))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no journal in {folder.Path}. Say where the ledger's folder is with --data.");
        }

        try
        {
            using PosixDisk disk = PosixDisk.OpenReadOnly(folder.JournalFolder);
            using var buffers = new JournalBufferPool(BufferBytesMax);
            return JournalInspector.Inspect(disk, buffers, visitor);
        }
        catch (DataFolderInUseException)
        {
            throw new CommandFailedException(ExitCode.Busy, $"A node runs on {folder.Path}. Stop it first, or look at a copy.");
        }
        catch (JournalCorruptException exception)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The journal is corrupt. {exception.Message}.");
        }
    }
}
