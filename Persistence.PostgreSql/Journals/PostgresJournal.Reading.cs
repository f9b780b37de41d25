using System.Data;
using System.Runtime.ExceptionServices;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>Reading blocks back: always against their checksums, and as one moment of the database.</content>
public sealed partial class PostgresJournal
{
    /// <summary>Blocks whose places are read at once in a replay.</summary>
    private const int ReplayCount = 64;

    /// <inheritdoc/>
    /// <exception cref="DatabaseUnavailableException">The database cannot be reached.</exception>
    public bool TryRead(BlockKey key, JournalBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        return AsOfOneMoment(connection =>
        {
            using NpgsqlCommand command = PlacesOf(connection, key.Stream, key.Beat, key.Kind, key.Beat, 1);
            List<BlockRecord> found = Places(command, key.Stream);
            if (found.Count == 0 || found[0].Key != key)
            {
                return false;
            }

            ReadBody(connection, found[0], into);
            return true;
        });
    }

    /// <inheritdoc/>
    /// <remarks>Blocks that a compaction has dropped are not there any more: whoever replays begins at a retained snapshot.</remarks>
    /// <exception cref="DatabaseUnavailableException">The database cannot be reached; what the sink has got stays good.</exception>
    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (afterBeat >= (ulong)long.MaxValue)
        {
            return;
        }

        // Begun again after a connection broke, it goes on behind what the sink has got.
        ulong beat = afterBeat + 1;
        int kind = 0;
        AsOfOneMoment(connection =>
        {
            while (true)
            {
                using NpgsqlCommand command = PlacesOf(connection, stream, beat, kind, throughBeat, ReplayCount);
                List<BlockRecord> page = Places(command, stream);
                foreach (BlockRecord record in page)
                {
                    JournalBlock block = ReadBlock(connection, record);
                    beat = record.Key.Beat;
                    kind = record.Key.Kind + 1;
                    if (!sink.OnBlock(block))
                    {
                        return true;
                    }
                }

                if (page.Count < ReplayCount)
                {
                    return true;
                }
            }
        });
    }

    private static NpgsqlCommand PlacesOf(NpgsqlConnection connection, StreamId stream, ulong beat, int kind, ulong throughBeat, int count)
    {
        var command = new NpgsqlCommand(
            "SELECT beat, kind, epoch, time_sequence, length, checksum, upload, ordinal FROM leither.blocks "
            + "WHERE stream = $1 AND (beat, kind) >= ($2, $3) AND beat <= $4 ORDER BY beat, kind LIMIT $5",
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(stream) });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Bound(beat) });
        command.Parameters.Add(new NpgsqlParameter { Value = (short)kind });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Bound(throughBeat) });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)count });
        return command;
    }

    private static List<BlockRecord> Places(NpgsqlCommand command, StreamId stream)
    {
        var places = new List<BlockRecord>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            places.Add(ReadRecord(reader, stream));
        }

        return places;
    }

    /// <summary>Columns: beat, kind, epoch, time sequence, length, checksum, upload, ordinal.</summary>
    internal static BlockRecord ReadRecord(NpgsqlDataReader reader, StreamId stream) => new(
        new BlockKey(stream, (ulong)reader.GetInt64(0), (byte)reader.GetInt16(1)),
        (uint)reader.GetInt64(2),
        (ulong)reader.GetInt64(3),
        (int)reader.GetInt64(4),
        (uint)reader.GetInt64(5),
        reader.GetInt64(6),
        reader.GetInt32(7));

    private JournalBlock ReadBlock(NpgsqlConnection connection, in BlockRecord record)
    {
        JournalBuffer body = _buffers.Rent(record.Length);
        try
        {
            ReadBody(connection, record, body);
        }
        catch
        {
            body.Release();
            throw;
        }

        return new JournalBlock { Key = record.Key, Epoch = record.Epoch, TimeSequence = record.TimeSequence, Body = body };
    }

    private static void ReadBody(NpgsqlConnection connection, in BlockRecord record, JournalBuffer into) =>
        Pieces.Read(connection, record.Upload, record.Ordinal, record.Length, record.Checksum, into, record.Key);

    /// <summary>Runs a read in a transaction that sees one moment; once more on a new connection when this one turns out to be broken.</summary>
    private T AsOfOneMoment<T>(Func<NpgsqlConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        for (bool isSecond = false; ; isSecond = true)
        {
            try
            {
                NpgsqlConnection connection = _reading.Use();
                using NpgsqlTransaction transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
                T result = read(connection);
                transaction.Commit();
                return result;
            }
            catch (JournalBuffersExhaustedException)
            {
                throw;
            }
            catch (Exception error)
            {
                _reading.Break();
                bool isAway = DatabaseErrors.OutcomeOf(error) is not null && error is not DatabaseUnavailableException;
                if (isAway && isSecond)
                {
                    throw new DatabaseUnavailableException($"The database does not answer: {error.Message}", error);
                }

                if (!isAway)
                {
                    ExceptionDispatchInfo.Throw(DatabaseErrors.Final(error));
                }
            }
        }
    }
}
