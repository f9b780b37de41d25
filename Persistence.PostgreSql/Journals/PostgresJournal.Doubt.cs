using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>What became of a call whose answer was lost.</content>
public sealed partial class PostgresJournal
{
    /// <summary>
    /// Reads back, when there is doubt. Ok: there is none left, and the blocks that turned out to be committed are pending no more.
    /// </summary>
    /// <exception cref="JournalCorruptException">The database is behind what it had answered: it was rewound, or failed over without its newest data.</exception>
    private JournalOutcome Settle()
    {
        if (!_isInDoubt)
        {
            return JournalOutcome.Ok;
        }

        ChainEnd end = default;
        JournalOutcome outcome = Guarded(_writing, () =>
        {
            end = ReadEnd();
            return JournalOutcome.Ok;
        });
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        if (end.Number < _number)
        {
            throw Fail($"the chain of '{_options.Writer}' ends with group {end.Number}, though group {_number} had been committed: the database was rewound");
        }

        _isInDoubt = false;
        if (end.Number == _number)
        {
            return end.Chain.AsSpan().SequenceEqual(_chain)
                ? JournalOutcome.Ok
                : throw Fail($"group {_number} of '{_options.Writer}' is another one than was committed: the database was rewound and written again");
        }

        int found = _tries.FindIndex(t => t.Number == end.NextAttempt);
        if (found < 0)
        {
            // Somebody else writes under this name, as a node that was taken for dead does.
            return Refused(JournalOutcome.Fenced);
        }

        _untold = _tries[found].Group.Mark;
        Publish(_tries[found]);
        return JournalOutcome.Ok;
    }

    /// <summary>Where the chain ends in the database, and which attempt made the group after the last one known here.</summary>
    private ChainEnd ReadEnd()
    {
        using var command = new NpgsqlCommand(
            "SELECT w.number, w.chain, g.attempt FROM leither.writers w LEFT JOIN leither.groups g ON g.writer = w.writer AND g.number = $2 WHERE w.writer = $1",
            _writing.Use());
        command.Parameters.Add(new NpgsqlParameter { Value = _options.Writer });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(_number + 1) });
        using NpgsqlDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new ChainEnd((ulong)reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.IsDBNull(2) ? null : reader.GetInt64(2))
            : new ChainEnd(0, new byte[GroupRecord.ChainBytes], null);
    }

    private JournalCorruptException Fail(string what)
    {
        var failure = new JournalCorruptException("leither.writers", 0, what);
        _failure = failure;
        return failure;
    }

    private readonly record struct ChainEnd(ulong Number, byte[] Chain, long? NextAttempt);
}
