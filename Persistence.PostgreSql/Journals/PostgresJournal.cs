using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// The journal in a PostgreSQL database, which several nodes may share: each writes a chain of groups of its own, and the epochs in the
/// same database decide whose blocks a stream takes. Tables and bytes are in docs/PROTOCOL.md, "Journal tables".
/// </summary>
/// <remarks>
/// <para>A body goes in first, by COPY, in a transaction of its own. Then one procedure names the blocks of a group, all of them or none: it
/// locks their ownership rows, compares epochs, and commits inside, so the fence and the commit are one transaction and no lock is held
/// while the server waits for a node. What no block names is not there for readers.</para>
/// <para>A connection that breaks while a group is being committed leaves its outcome unknown. Before anything else happens, the
/// journal reads back whether the group is there (<c>Unavailable</c> as long as it cannot), and copies it again only if it is not.
/// A try that was given up may still be running on the server: it and the next one write the same number of the same chain, so only one of
/// them takes effect, and which one is read back too.</para>
/// <para>Connections: some copy bodies, side by side; one commits, one asks on the writer's behalf, one is the reader's.</para>
/// </remarks>
public sealed partial class PostgresJournal : IJournalStore
{
    private readonly DatabaseAddress _address;
    private readonly PostgresJournalOptions _options;
    private readonly JournalBufferPool _buffers;
    private readonly JournalBufferPool _staging;
    private readonly ServerLink _writing;
    private readonly ServerLink _asking;
    private readonly ServerLink _reading;

    // Guards the usage.
    private readonly Lock _gate = new();
    private JournalUsage _usage;
    private Exception? _failure;
    private bool _isDisposed;

    private PostgresJournal(DatabaseAddress address, JournalBufferPool buffers, PostgresJournalOptions options)
    {
        _address = address;
        _options = options;
        _buffers = buffers;
        _staging = new JournalBufferPool((2 * options.StagingBytes) + (2L * BodyBytesMax));
        _lanes = [.. Enumerable.Range(1, options.Copiers).Select(number => new CopyLane(Link("copy"), new PieceRows(_staging, options.ChunkBytes), number))];
        _writing = Link("commit");
        _asking = Link("ask");
        _reading = Link("read");
        Opening = null!;

        ServerLink Link(string purpose) =>
            new(address, $"leither {options.Writer} {purpose}", options.StatementTimeout) { AcceptsCopying = options.TakesCopy };
    }

    /// <inheritdoc/>
    /// <remarks>The last group is the last one of any writer, so that the marks of a node that starts are above all others'.</remarks>
    public JournalOpening Opening { get; private set; }

    /// <summary>Who the journal is.</summary>
    public Guid JournalId => _writing.JournalId;

    /// <inheritdoc/>
    public string? Hindrance { get; private set; }

    /// <summary>The open group has blocks, or it is not known what became of the one before.</summary>
    internal bool HasOpenGroup => _pending.Count > 0 || _isInDoubt;

    /// <summary>The newest mark under which a group was committed, or nothing was to be.</summary>
    internal GroupMark LastMark => _lastMark;

    public JournalUsage Usage
    {
        get
        {
            lock (_gate)
            {
                return _usage;
            }
        }
    }

    /// <summary>Opens the journal of a database that <see cref="Migrator"/> has prepared.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="buffers">Where the bodies of replayed blocks are rented.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="DatabaseUnavailableException">No host of the address is a primary that answers.</exception>
    /// <exception cref="DatabaseUnfitException">The schema is missing, older or newer, a copy into it is unfinished, or the rights do not suffice.</exception>
    public static PostgresJournal Open(DatabaseAddress address, JournalBufferPool buffers, PostgresJournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(buffers);
        options ??= new PostgresJournalOptions();
        options.Check();
        var journal = new PostgresJournal(address, buffers, options);
        try
        {
            journal.FindEnd();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Leaves: an open group is dropped.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _writing.Dispose();
        _asking.Dispose();
        _reading.Dispose();
        Array.ForEach(_lanes, static lane => lane.Dispose());
        _staging.Dispose();
    }

    private void FindEnd()
    {
        using (var command = new NpgsqlCommand(
            "SELECT (SELECT epoch FROM leither.epochs WHERE stream = $1), coalesce(max(time_sequence_high), 0) FROM leither.writers",
            _writing.Use()))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(StreamId.WholeJournal) });
            using NpgsqlDataReader reader = command.ExecuteReader();
            reader.Read();
            _wholeEpoch = (uint)reader.GetInt64(0);
            Opening = new JournalOpening(default, (ulong)reader.GetInt64(1), 0, _wholeEpoch);
        }

        using (var command = new NpgsqlCommand("SELECT writer, number, beat, phase, time_sequence_high, chain FROM leither.writers", _writing.Use()))
        {
            using NpgsqlDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                TakeWriter(reader);
            }
        }

        Opening = Opening with { LastGroup = _lastMark };
        CountUsage(_writing);
    }

    private void TakeWriter(NpgsqlDataReader reader)
    {
        var mark = new GroupMark((ulong)reader.GetInt64(2), (byte)reader.GetInt16(3));
        _lastMark = mark > _lastMark ? mark : _lastMark;
        if (reader.GetString(0) == _options.Writer)
        {
            _number = (ulong)reader.GetInt64(1);
            _timeSequenceHigh = (ulong)reader.GetInt64(4);
            _chain = reader.GetFieldValue<byte[]>(5);
        }
    }

    private void CountUsage(ServerLink link)
    {
        using var command = new NpgsqlCommand(
            "SELECT (SELECT coalesce(sum(length), 0)::bigint FROM leither.blocks), (SELECT coalesce(sum(length), 0)::bigint FROM leither.snapshots), "
            + "(SELECT count(*) FROM leither.snapshots), (SELECT coalesce(bool_or(base > 0), false) FROM leither.writers), "
            + "(SELECT coalesce(max(oldest), 0) FROM (SELECT min(time_sequence) AS oldest FROM leither.snapshots GROUP BY stream) s)",
            link.Use());
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        lock (_gate)
        {
            // Before the first compaction everything can be replayed from the beginning.
            ulong oldest = reader.GetBoolean(3) ? (ulong)reader.GetInt64(4) : 0;
            _usage = new JournalUsage(reader.GetInt64(0) + reader.GetInt64(1), 1, (int)reader.GetInt64(2), oldest);
        }
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is { } failure)
        {
            throw new JournalFailedException("The journal failed earlier and takes no more", JournalOutcome.Corrupt, failure);
        }
    }

    /// <summary>
    /// Runs a step; what went wrong with the database comes back as its outcome, and the connection is given up. A connection that
    /// turns out to be broken (the server was started again since) is replaced once. Whatever else goes wrong with the writer's ends the journal.
    /// </summary>
    private JournalOutcome Guarded(ServerLink link, Func<JournalOutcome> step)
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            try
            {
                return step();
            }
            catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is { } outcome)
            {
                link.Break();
                if (!ReferenceEquals(link, _reading))
                {
                    NoteHindrance(error);
                }

                if (isSecond || outcome != JournalOutcome.Unavailable || error is DatabaseUnavailableException)
                {
                    return outcome;
                }
            }
            catch (Exception error)
            {
                link.Break();
                if (!ReferenceEquals(link, _reading))
                {
                    ThrowEnded(error);
                }

                // The reader's failures are told to who asked; the writer's leave nobody knows what behind.
                ExceptionDispatchInfo.Throw(DatabaseErrors.Final(error));
            }
        }
    }

    private void NoteHindrance(Exception error) =>
        Hindrance = error is DatabaseUnavailableException ? error.Message : $"The database at {_address} answers: {error.Message}";

    /// <summary>The journal takes no more after this.</summary>
    [DoesNotReturn]
    private void ThrowEnded(Exception error)
    {
        _failure = DatabaseErrors.Final(error);
        ExceptionDispatchInfo.Throw(_failure);
    }
}
