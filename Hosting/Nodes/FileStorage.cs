using LeitherCluster.Hosting.Commands;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>Opens what lies on files of a ledger's folder; what stands in the way is said in words for operators.</summary>
internal static class FileStorage
{
    /// <summary>Opens a folder for this process alone.</summary>
    /// <exception cref="CommandFailedException">Another process has it, or it cannot be used.</exception>
    public static PosixDisk OpenDisk(string folder)
    {
        try
        {
            return PosixDisk.Open(folder);
        }
        catch (DataFolderInUseException exception)
        {
            throw new CommandFailedException(ExitCode.Busy, $"{exception.Message} Stop the other node, or use another folder with --data.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The journal folder {folder} cannot be opened: {LedgerFolder.ObstacleTo(folder, exception)}.");
        }
    }

    /// <summary>Opens the journal.</summary>
    /// <exception cref="CommandFailedException">It is corrupt, there is no room, or it cannot be read.</exception>
    public static FileJournal Open(PosixDisk disk, JournalBufferPool buffers, LedgerFolder folder)
    {
        try
        {
            return FileJournal.Open(disk, LocalChance.Instance, buffers);
        }
        catch (JournalCorruptException exception)
        {
            throw new CommandFailedException(
                ExitCode.Corrupt,
                $"The journal in {folder.JournalFolder} is corrupt, and nothing was changed. {exception.Message}. Look at it with 'leither journal verify', and restore a copy.");
        }
        catch (DiskFullException exception)
        {
            throw new CommandFailedException(ExitCode.Busy, $"There is no room for the journal in {folder.JournalFolder}. {exception.Message}. Make room and start again.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The journal in {folder.JournalFolder} cannot be opened: {exception.Message.TrimEnd('.')}.");
        }
    }
}
