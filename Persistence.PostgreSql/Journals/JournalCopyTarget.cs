using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// Marks a journal as one that a copy is going into. As long as it bears the mark no node opens it; a copy that was interrupted goes on
/// behind the last group that is there. Needs the rights of the schema's owner.
/// </summary>
public static class JournalCopyTarget
{
    /// <summary>Begins, or goes on.</summary>
    /// <param name="databases">One or several; <see cref="Migrator"/> has prepared them.</param>
    /// <param name="journalId">The id of the journal that is copied.</param>
    /// <param name="writer">Whose chain its groups become.</param>
    /// <param name="base">Its groups up to this number have been compacted away.</param>
    /// <returns>False: something else is in there.</returns>
    /// <exception cref="DatabaseUnavailableException">A database cannot be reached.</exception>
    /// <exception cref="DatabaseUnfitException">The schema, the map of a spread journal, or the rights do not fit.</exception>
    public static bool Begin(JournalDatabases databases, Guid journalId, string writer, ulong @base)
    {
        ArgumentNullException.ThrowIfNull(databases);

        // The first one's mark goes last. As long as it is there, another that has none any more is one that this very copy has finished.
        return databases.All.All(address => Ask(address, "SELECT leither.begin_copy($1, $2, $3)", journalId, writer, Stored.Number(@base)) is true
            || (address != databases.Main && Ask(address, "SELECT journal_id = $1 AND NOT is_copying FROM leither.journal", journalId) is true));
    }

    /// <summary>The copy is whole: takes the mark away and sets the epochs.</summary>
    /// <exception cref="DatabaseUnavailableException">A database cannot be reached.</exception>
    /// <exception cref="DatabaseUnfitException">The rights do not suffice.</exception>
    public static void End(JournalDatabases databases, IReadOnlyDictionary<StreamId, uint> epochs)
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(epochs);
        for (int part = databases.All.Count - 1; part >= 0; part--)
        {
            KeyValuePair<StreamId, uint>[] here =
                [.. epochs.Where(epoch => part == 0 || epoch.Key == StreamId.WholeJournal || databases.Map!.PartOf(epoch.Key) == part)];
            Ask(
                databases.All[part],
                "SELECT leither.end_copy($1, $2)",
                Array.ConvertAll(here, epoch => Stored.Stream(epoch.Key)),
                Array.ConvertAll(here, epoch => (long)epoch.Value));
        }
    }

    private static object? Ask(DatabaseAddress address, string sql, params object[] values)
    {
        using var link = new ServerLink(address, "leither copy", TimeSpan.FromMinutes(1)) { AcceptsCopying = true };
        try
        {
#pragma warning disable CA2100 // Constant texts of this class.
            using var command = new NpgsqlCommand(sql, link.Use());
#pragma warning restore CA2100
            foreach (object value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            return command.ExecuteScalar();
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseUnfitException("Only the owner of the schema may copy a journal into it. Use the address with which `leither db init` was run.", refused);
        }
        catch (Exception error) when (error is not DatabaseUnavailableException && DatabaseErrors.OutcomeOf(error) is not null)
        {
            throw new DatabaseUnavailableException($"The database does not answer: {error.Message}", error);
        }
    }
}
