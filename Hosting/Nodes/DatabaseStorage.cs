using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// Opens a journal in a database. A ledger's folder remembers which journal that is: neither another database nor an old journal on files is taken
/// for the ledger by mistake.
/// </summary>
internal static class DatabaseStorage
{
    /// <summary>Opens the journal of one or several databases, and has the folder remember it.</summary>
    /// <exception cref="CommandFailedException">The database does not answer or is not fit, or the folder's ledger is in another journal.</exception>
    public static (IJournalStore Store, Guid Journal) Open(string database, string writer, LedgerFolder folder, JournalBufferPool buffers)
    {
        JournalDatabases databases = DatabaseOption.Parse(database);
        (IJournalStore store, Guid journal) = DatabaseOption.Reaching(() => Open(databases, buffers, new PostgresJournalOptions { Writer = writer }));
        try
        {
            RequireSame(folder, journal, databases);
            return (store, journal);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Where the ledger of a folder was found last, when it is in a database; else null.</summary>
    public static string? AddressOf(LedgerFolder folder) => Remembered(folder)?.Database;

    /// <summary>Refuses to run on files when the ledger has moved into a database.</summary>
    /// <exception cref="CommandFailedException">It has.</exception>
    public static void RequireNone(LedgerFolder folder)
    {
        if (Remembered(folder) is { } known)
        {
            throw new CommandFailedException(
                ExitCode.BadInput,
                $"The ledger of {folder.Path} is in the journal {known.Journal} of {known.Database}. Say --database \"{known.Database}\", or bring it back with 'leither journal copy'.");
        }
    }

    /// <summary>Forgets the database: the journal is on files again.</summary>
    public static void Forget(LedgerFolder folder) => File.Delete(folder.DatabaseFile);

    /// <summary>Opens a journal where it is, in one database or spread.</summary>
    /// <exception cref="DatabaseUnavailableException">A database does not answer.</exception>
    /// <exception cref="DatabaseUnfitException">A database is not fit.</exception>
    public static (IJournalStore Store, Guid Journal) Open(JournalDatabases databases, JournalBufferPool buffers, PostgresJournalOptions options)
    {
        if (databases.Map is null)
        {
            PostgresJournal alone = PostgresJournal.Open(databases.Main, buffers, options);
            return (alone, alone.JournalId);
        }

        SpreadJournal spread = SpreadJournal.Open(databases, buffers, options);
        return (spread, spread.JournalId);
    }

    private static void RequireSame(LedgerFolder folder, Guid journal, JournalDatabases databases)
    {
        if (Remembered(folder) is { } known)
        {
            if (known.Journal != journal)
            {
                throw new CommandFailedException(
                    ExitCode.BadInput,
                    $"{databases} holds the journal {journal}, but the ledger of {folder.Path} is in {known.Journal}, which was in {known.Database}. Use that database, or a copy of it.");
            }

            return;
        }

        if (JournalOnFiles(folder) is { } here && here != journal)
        {
            throw new CommandFailedException(
                ExitCode.BadInput,
                $"The ledger of {folder.Path} has its journal on files. Copy it first: leither journal copy --from {folder.Path} --to \"{databases}\".");
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(new DatabaseRemembered(journal, databases.ToString()), CommandJson.Default.DatabaseRemembered);
        File.WriteAllBytes(folder.DatabaseFile, text);
    }

    private static Guid? JournalOnFiles(LedgerFolder folder)
    {
        if (!File.Exists(Path.Combine(folder.JournalFolder, JournalFormat.ControlName)))
        {
            return null;
        }

        using Persistence.Disks.PosixDisk disk = FileStorage.OpenDisk(folder.JournalFolder);
        return ControlFile.Load(disk).JournalId;
    }

    private static DatabaseRemembered? Remembered(LedgerFolder folder)
    {
        if (!File.Exists(folder.DatabaseFile))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(folder.DatabaseFile), CommandJson.Default.DatabaseRemembered);
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{folder.DatabaseFile}, line {exception.LineNumber + 1}: not what a node writes there. It names the journal that the ledger is in.");
        }
    }
}

/// <summary>Which journal a folder's ledger is in, and where that was found last.</summary>
internal sealed record DatabaseRemembered(Guid Journal, string Database);
