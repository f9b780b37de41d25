using System.Runtime.InteropServices;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>The commit: one call names the group's blocks; an answer that was lost is read back.</content>
public sealed partial class PostgresJournal
{
    private const int OutcomeOfBrokenChain = 7;
    private const int OutcomeOfLostUpload = 8;
    private const int TriesMax = 3;

    /// <summary>Calls for the next number of the chain that may have taken effect: those whose answer has not come.</summary>
    private readonly List<Try> _tries = [];

    private ulong _number;
    private ulong _timeSequenceHigh;
    private byte[] _chain = new byte[GroupRecord.ChainBytes];
    private GroupMark _lastMark;

    /// <summary>A mark under which a group was committed without whoever asked for it having been told.</summary>
    private GroupMark? _untold;
    private bool _isInDoubt;

    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        CheckUsable();
        uint raised = 0;
        JournalOutcome outcome = Guarded(_asking, () =>
        {
            using var command = new NpgsqlCommand("SELECT leither.acquire_epoch($1, $2)", _asking.Use());
            command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(owner) });
            command.Parameters.Add(new NpgsqlParameter { Value = _options.Writer });
            raised = (uint)(long)command.ExecuteScalar()!;
            return JournalOutcome.Ok;
        });
        epoch = raised;
        if (outcome == JournalOutcome.Ok && owner == StreamId.WholeJournal)
        {
            _wholeEpoch = raised;
        }

        // Another owner may have written in the meantime: it is asked again.
        _streams.Remove(owner);
        return outcome;
    }

    /// <summary>Raises an epoch to one that the journal's first database has given out.</summary>
    /// <param name="owner">A stream of this database, or the whole journal.</param>
    /// <param name="epoch">That it got there.</param>
    /// <param name="isNewest">False: a later one has come here before it.</param>
    internal JournalOutcome FollowEpoch(StreamId owner, uint epoch, out bool isNewest)
    {
        CheckUsable();
        bool newest = false;
        JournalOutcome outcome = Guarded(_asking, () =>
        {
            using var command = new NpgsqlCommand("SELECT leither.follow_epochs($1, $2, $3, NULL)", _asking.Use());
            command.Parameters.Add(new NpgsqlParameter { Value = new[] { Stored.Stream(owner) } });
            command.Parameters.Add(new NpgsqlParameter { Value = new[] { (long)epoch } });
            command.Parameters.Add(new NpgsqlParameter { Value = new[] { _options.Writer } });
            newest = (bool)command.ExecuteScalar()!;
            return JournalOutcome.Ok;
        });
        isNewest = newest;
        if (outcome == JournalOutcome.Ok && owner == StreamId.WholeJournal)
        {
            _wholeEpoch = Math.Max(_wholeEpoch, epoch);
        }

        _streams.Remove(owner);
        return outcome;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// After Fenced (an epoch was raised since a block was written, or another process writes under this writer's name) and after
    /// Conflict the whole group is gone. Blocks of a group whose answer was lost, and that turns out to be there, are not written again.
    /// </remarks>
    public JournalOutcome Commit(GroupMark mark)
    {
        CheckUsable();
        JournalOutcome outcome = Settle();
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        GroupMark rising = Rising(mark);
        _untold = null;
        if (_pending.Count == 0)
        {
            _lastMark = rising > mark ? _lastMark : mark;
            return JournalOutcome.Ok;
        }

        for (int tries = 1; ; tries++)
        {
            outcome = FinishUploads();
            if (outcome != JournalOutcome.Ok)
            {
                return outcome;
            }

            outcome = Call(rising);
            if (outcome == JournalOutcome.Unavailable && _isInDoubt)
            {
                outcome = Settle();
            }

            // Read back as absent, or only in part there: once more. Each try goes by a new connection.
            if (outcome != JournalOutcome.Ok || _pending.Count == 0)
            {
                _untold = outcome is JournalOutcome.Unavailable or JournalOutcome.Full ? _untold : null;
                return outcome;
            }

            if (tries == TriesMax)
            {
                return JournalOutcome.Unavailable;
            }

            rising = rising > _lastMark ? rising : _lastMark.Next();
        }
    }

    /// <summary>The mark under which the group is stored: the next one when the driver could not know that its own has been used.</summary>
    private GroupMark Rising(GroupMark mark)
    {
        if (mark > _lastMark)
        {
            return mark;
        }

        return _untold is { } used && mark >= used
            ? _lastMark.Next()
            : throw new ArgumentException($"Marks rise strictly: {mark} comes after {_lastMark}", nameof(mark));
    }

    /// <summary>Ok when the group was named or has to be named again; then <see cref="_pending"/> says which.</summary>
    private JournalOutcome Call(GroupMark mark)
    {
        long number = 0;
        JournalOutcome numbered = Guarded(_writing, () =>
        {
            number = _numbers.Next(_writing);
            return JournalOutcome.Ok;
        });
        if (numbered != JournalOutcome.Ok)
        {
            return numbered;
        }

        (int code, byte[]? stream) answer;
        try
        {
            var attempt = new Try(number, Describe(mark), _pending.Count);
            using NpgsqlCommand command = CallOf(attempt);
            _tries.Add(attempt);
            _isInDoubt = true;
            answer = Execute(command);
            _isInDoubt = false;
        }
        catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is { } outcome)
        {
            _writing.Break();
            NoteHindrance(error);

            // The server says of these that it did nothing.
            _isInDoubt &= outcome == JournalOutcome.Unavailable;
            return Refused(outcome);
        }
        catch (Exception error)
        {
            ThrowEnded(error);
            throw;
        }

        switch (answer.code)
        {
            case (int)JournalOutcome.Ok:
                Publish(_tries[^1]);
                return JournalOutcome.Ok;
            case OutcomeOfBrokenChain:
                _isInDoubt = true;
                return Settle();
            case OutcomeOfLostUpload when _lanes.Sum(static lane => lane.Blocks.Count) == _pending.Count:
                return JournalOutcome.Ok;
            case OutcomeOfLostUpload:
                throw Fail("bodies that the database had called durable are not there any more");
            default:
                _streams.Remove(StreamId.Read(answer.stream));
                return Refused((JournalOutcome)answer.code);
        }
    }

    private JournalOutcome Refused(JournalOutcome outcome)
    {
        if (outcome is JournalOutcome.Fenced or JournalOutcome.Conflict)
        {
            DropGroup();
        }

        return outcome;
    }

    private static (int Code, byte[]? Stream) Execute(NpgsqlCommand command)
    {
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1));
    }

    private GroupRecord Describe(GroupMark mark)
    {
        uint checksum = 0;
        ulong high = _timeSequenceHigh;
        foreach (ref readonly BlockRecord block in CollectionsMarshal.AsSpan(_pending))
        {
            checksum = GroupRecord.AppendBlock(checksum, block);
            high = Math.Max(high, block.TimeSequence);
        }

        return new GroupRecord
        {
            Number = _number + 1,
            Mark = mark,
            Blocks = _pending.Count,
            TableChecksum = checksum,
            TimeSequenceHigh = high,
            Previous = _chain,
        };
    }

    private NpgsqlCommand CallOf(Try attempt)
    {
        GroupRecord group = attempt.Group;
        var command = new NpgsqlCommand(
            "CALL leither.commit_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL, NULL)",
            _writing.Use());
        object[] values =
        [
            _options.Writer, Stored.Number(group.Number), Stored.Number(group.Mark.Beat), (short)group.Mark.Phase,
            Stored.Number(group.TimeSequenceHigh), (long)group.TableChecksum, group.Previous, group.Chain(JournalId), attempt.Number,
            _pending.ConvertAll(b => Stored.Stream(b.Key.Stream)), _pending.ConvertAll(b => Stored.Number(b.Key.Beat)),
            _pending.ConvertAll(b => (short)b.Key.Kind), _pending.ConvertAll(b => (long)b.Epoch),
            _pending.ConvertAll(b => Stored.Number(b.TimeSequence)), _pending.ConvertAll(b => (long)b.Length),
            _pending.ConvertAll(b => (long)b.Checksum), _pending.ConvertAll(b => b.Upload), _pending.ConvertAll(b => b.Ordinal),
        ];
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>Blocks that the try covers are committed; pending ones beyond them stay pending.</summary>
    private void Publish(Try committed)
    {
        long bytes = 0;
        foreach (ref readonly BlockRecord block in CollectionsMarshal.AsSpan(_pending)[..committed.Blocks])
        {
            bytes += block.Length;
            _pendingKeys.Remove(block.Key);
            if (_streams.TryGetValue(block.Key.Stream, out StreamEnd end) && end.IsBefore(block.Key))
            {
                _streams[block.Key.Stream] = end with { HasBlocks = true, Beat = block.Key.Beat, Kind = block.Key.Kind };
            }
        }

        _pending.RemoveRange(0, committed.Blocks);
        _number = committed.Group.Number;
        _chain = committed.Group.Chain(JournalId);
        _timeSequenceHigh = committed.Group.TimeSequenceHigh;
        _lastMark = committed.Group.Mark;
        _tries.Clear();
        lock (_gate)
        {
            _usage = _usage with { Bytes = _usage.Bytes + bytes };
        }

        KeepPlaces();
        Array.ForEach(_lanes, lane => lane.Keep(_pendingKeys.ContainsKey));
    }

    private void KeepPlaces()
    {
        _pendingKeys.Clear();
        for (int i = 0; i < _pending.Count; i++)
        {
            _pendingKeys.Add(_pending[i].Key, i);
        }
    }

    private readonly record struct Try(long Number, GroupRecord Group, int Blocks);
}
