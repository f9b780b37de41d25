using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>Snapshots, and dropping what no retained state needs.</content>
public sealed partial class PostgresJournal
{
    private readonly UploadNumbers _snapshotNumbers = new();

    /// <inheritdoc/>
    /// <remarks>After Unavailable it may be there or not; asked again, it is a Duplicate if it was.</remarks>
    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckLength(body);
        JournalOutcome outcome = Guarded(_reading, () => Save(key, body));
        if (outcome == JournalOutcome.Ok)
        {
            lock (_gate)
            {
                _usage = _usage with { Bytes = _usage.Bytes + body.Length, Snapshots = _usage.Snapshots + 1 };
            }
        }

        return outcome;
    }

    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
    {
        ArgumentNullException.ThrowIfNull(into);
        SnapshotKey found = default;
        bool isFound = AsOfOneMoment(connection =>
        {
            (long Upload, int Length, uint Checksum) place;
            using (var command = new NpgsqlCommand(
                "SELECT time_sequence, beat, length, checksum, upload FROM leither.snapshots WHERE stream = $1 AND time_sequence <= $2 "
                + "ORDER BY time_sequence DESC, beat DESC LIMIT 1",
                connection))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(stream) });
                command.Parameters.Add(new NpgsqlParameter { Value = Stored.Bound(atMostTimeSequence) });
                using NpgsqlDataReader reader = command.ExecuteReader();
                if (!reader.Read())
                {
                    return false;
                }

                found = new SnapshotKey(stream, (ulong)reader.GetInt64(0), (ulong)reader.GetInt64(1));
                place = (reader.GetInt64(4), (int)reader.GetInt64(2), (uint)reader.GetInt64(3));
            }

            Pieces.Read(connection, place.Upload, 0, place.Length, place.Checksum, into, found);
            return true;
        });
        key = found;
        return isFound;
    }

    /// <inheritdoc/>
    /// <exception cref="DatabaseUnavailableException">The database cannot be reached.</exception>
    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => AsOfOneMoment(connection =>
    {
        var keys = new List<SnapshotKey>();
        using var command = new NpgsqlCommand("SELECT time_sequence, beat FROM leither.snapshots WHERE stream = $1 ORDER BY time_sequence, beat", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(stream) });
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            keys.Add(new SnapshotKey(stream, (ulong)reader.GetInt64(0), (ulong)reader.GetInt64(1)));
        }

        return keys;
    });

    /// <inheritdoc/>
    /// <remarks>
    /// For each stream the newest snapshot of at most that time sequence is its base: older ones go, and so do the leading groups of
    /// each writer in which every block is covered by its stream's base. A stream without a base needs all its blocks. One
    /// transaction; uploads that nothing has named for a day go with it.
    /// </remarks>
    public JournalOutcome Compact(ulong keepFromTimeSequence)
    {
        CheckUsable();
        return Guarded(_asking, () =>
        {
            using (var command = new NpgsqlCommand("SELECT leither.compact($1)", _asking.Use()) { CommandTimeout = 0 })
            {
                command.Parameters.Add(new NpgsqlParameter { Value = Stored.Bound(keepFromTimeSequence) });
                command.ExecuteNonQuery();
            }

            CountUsage(_asking);
            return JournalOutcome.Ok;
        });
    }

    private JournalOutcome Save(SnapshotKey key, JournalBuffer body)
    {
        if (HasSnapshot(key))
        {
            return JournalOutcome.Duplicate;
        }

        NpgsqlConnection connection = _reading.Use();
        long number = _snapshotNumbers.Next(_reading);
        var upload = Upload.Begin(connection, number);
        using (var rows = new PieceRows(_staging, _options.ChunkBytes))
        {
            rows.AddInParts(body.Span, () => upload.SendAndForget(rows));
            upload.Complete(rows, isDurable: false);
        }

        using var command = new NpgsqlCommand("SELECT leither.name_snapshot($1, $2, $3, $4, $5, $6)", connection);
        object[] values =
        [
            Stored.Stream(key.Stream), Stored.Number(key.TimeSequence), Stored.Number(key.Beat), (long)body.Length, (long)Crc32C.Of(body.Span), number,
        ];
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        int outcome = (int)command.ExecuteScalar()!;
        return outcome == OutcomeOfLostUpload ? JournalOutcome.Unavailable : (JournalOutcome)outcome;
    }

    private bool HasSnapshot(SnapshotKey key)
    {
        using var command = new NpgsqlCommand("SELECT 1 FROM leither.snapshots WHERE stream = $1 AND time_sequence = $2 AND beat = $3", _reading.Use());
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(key.Stream) });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(key.TimeSequence) });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(key.Beat) });
        return command.ExecuteScalar() is not null;
    }
}
