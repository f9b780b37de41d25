using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>The open group: taking blocks in, and sending their bodies ahead.</content>
public sealed partial class PostgresJournal
{
    /// <summary>Longest body.</summary>
    public const int BodyBytesMax = 1 << 30;

    private readonly CopyLane[] _lanes;
    private readonly UploadNumbers _numbers = new();
    private readonly List<BlockRecord> _pending = [];
    private readonly Dictionary<BlockKey, int> _pendingKeys = [];
    private readonly Dictionary<StreamId, StreamEnd> _streams = [];

    private uint _wholeEpoch;

    public JournalOutcome Write(JournalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        CheckUsable();
        CheckBlock(block);
        JournalOutcome outcome = Settle();
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        BlockKey key = block.Key;
        StreamEnd end = default;
        outcome = Guarded(_asking, () => FindEndOf(key.Stream, block.Epoch, out end));
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        if (block.Epoch < Math.Max(end.Epoch, _wholeEpoch))
        {
            return JournalOutcome.Fenced;
        }

        ReadOnlySpan<byte> body = block.Body.Span;
        var record = new BlockRecord(key, block.Epoch, block.TimeSequence, body.Length, Crc32C.Of(body), 0, 0);
        if (_pendingKeys.TryGetValue(key, out int at))
        {
            return IsSame(_pending[at], record);
        }

        if (!end.IsBefore(key))
        {
            outcome = Guarded(_asking, () => Compare(record));
            if (outcome != JournalOutcome.Ok)
            {
                return outcome;
            }
        }

        return Stage(record, body);
    }

    private static void CheckLength(JournalBuffer body)
    {
        if (body.Length > BodyBytesMax)
        {
            throw new ArgumentException($"A body has {BodyBytesMax} bytes at most, not {body.Length}", nameof(body));
        }
    }

    private static void CheckBlock(JournalBlock block)
    {
        CheckLength(block.Body);
        _ = Stored.Number(block.Key.Beat);
        _ = Stored.Number(block.TimeSequence);
        if (block.Key.Stream == StreamId.WholeJournal)
        {
            throw new ArgumentException("No block has the stream that stands for the whole journal", nameof(block));
        }
    }

    private JournalOutcome Stage(in BlockRecord record, ReadOnlySpan<byte> body)
    {
        JournalOutcome outcome = FindRoom(body.Length, out CopyLane? lane);
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        int ordinal = lane!.Stage(record.Key, body);
        _pendingKeys.Add(record.Key, _pending.Count);
        _pending.Add(record with { Ordinal = ordinal });
        return JournalOutcome.Ok;
    }

    /// <summary>
    /// A lane with room for a body. One that is full makes what it has durable first, while others go on. It is asked twice, as the connection may have broken
    /// since it was asked first.
    /// </summary>
    private JournalOutcome FindRoom(int bytes, out CopyLane? lane)
    {
        for (bool isSecond = false; ;)
        {
            foreach (CopyLane full in _lanes.Where(each => each.Finishing is null && !HasRoom(each, bytes)))
            {
                full.BeginFinish(isDurable: true);
            }

            // A small group needs no second connection.
            CopyLane[] open = [.. _lanes.Where(static each => each.Finishing is null)];
            lane = Array.Find(open, each => each.Bytes < _options.ChunkBytes) ?? open.MinBy(static each => each.Bytes);
            if (lane is not null)
            {
                return JournalOutcome.Ok;
            }

            JournalOutcome outcome = Take(_lanes[Task.WaitAny([.. _lanes.Select(static each => each.Finishing!)])]);
            if (outcome != JournalOutcome.Ok && (isSecond || outcome != JournalOutcome.Unavailable))
            {
                return outcome;
            }

            isSecond |= outcome != JournalOutcome.Ok;
        }
    }

    private bool HasRoom(CopyLane lane, int bytes) => lane.Bytes == 0 || lane.Bytes + bytes <= _options.StagingBytes / _lanes.Length;

    /// <summary>Everything staged is in the database after this, under numbers that the pending blocks then have.</summary>
    private JournalOutcome FinishUploads()
    {
        // What did not become durable meanwhile goes with the rest.
        JournalOutcome outcome = TakeAll();
        if (outcome is JournalOutcome.Ok or JournalOutcome.Unavailable)
        {
            foreach (CopyLane lane in _lanes.Where(static each => each.Blocks.Count > 0))
            {
                lane.BeginFinish(isDurable: false);
            }

            outcome = TakeAll();
        }

        return outcome;
    }

    /// <summary>Waits for all lanes that were asked to finish; the first outcome that is not Ok, if there is one.</summary>
    private JournalOutcome TakeAll()
    {
        var outcome = JournalOutcome.Ok;
        foreach (CopyLane lane in _lanes.Where(static each => each.Finishing is not null))
        {
            JournalOutcome taken = Take(lane);
            outcome = outcome == JournalOutcome.Ok ? taken : outcome;
        }

        return outcome;
    }

    /// <summary>Waits for a lane that was asked to finish, and notes where the bodies of its blocks are.</summary>
    private JournalOutcome Take(CopyLane lane)
    {
        CopyResult result = lane.Await();
        if (result.Outcome is not { } outcome)
        {
            ThrowEnded(result.Error!);
            throw result.Error!;
        }

        if (result.Error is { } error)
        {
            NoteHindrance(error);
            return outcome;
        }

        foreach (BlockKey key in lane.Blocks)
        {
            int at = _pendingKeys[key];
            _pending[at] = _pending[at] with { Upload = result.Upload };
        }

        if (result.IsDurable)
        {
            lane.Clear();
        }

        return JournalOutcome.Ok;
    }

    /// <summary>What is known of a stream: asked once an epoch, since another owner may have written before it, and kept up to date after that.</summary>
    private JournalOutcome FindEndOf(StreamId stream, uint epoch, out StreamEnd end)
    {
        if (_streams.TryGetValue(stream, out end) && epoch <= end.AskedUnder)
        {
            return JournalOutcome.Ok;
        }

        using var command = new NpgsqlCommand(
            "SELECT coalesce((SELECT epoch FROM leither.epochs WHERE stream = $1), 0), b.beat, b.kind FROM (SELECT) one "
            + "LEFT JOIN LATERAL (SELECT beat, kind FROM leither.blocks WHERE stream = $1 ORDER BY beat DESC, kind DESC LIMIT 1) b ON true",
            _asking.Use());
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(stream) });
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        end = reader.IsDBNull(1)
            ? new StreamEnd((uint)reader.GetInt64(0), epoch, false, 0, 0)
            : new StreamEnd((uint)reader.GetInt64(0), epoch, true, (ulong)reader.GetInt64(1), (byte)reader.GetInt16(2));
        _streams[stream] = end;
        return JournalOutcome.Ok;
    }

    /// <summary>Whether a committed block has that key, and the same content.</summary>
    private JournalOutcome Compare(in BlockRecord record)
    {
        using var command = new NpgsqlCommand("SELECT length, checksum FROM leither.blocks WHERE stream = $1 AND beat = $2 AND kind = $3", _asking.Use());
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(record.Key.Stream) });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(record.Key.Beat) });
        command.Parameters.Add(new NpgsqlParameter { Value = (short)record.Key.Kind });
        using NpgsqlDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? IsSame(record with { Length = (int)reader.GetInt64(0), Checksum = (uint)reader.GetInt64(1) }, record)
            : JournalOutcome.Ok;
    }

    private static JournalOutcome IsSame(in BlockRecord there, in BlockRecord here) =>
        there.Length == here.Length && there.Checksum == here.Checksum ? JournalOutcome.Duplicate : JournalOutcome.Conflict;

    /// <summary>Forgets the open group.</summary>
    internal void DropGroup()
    {
        Array.ForEach(_lanes, static lane => lane.Drop());
        _pending.Clear();
        _pendingKeys.Clear();
        _tries.Clear();
    }

    /// <summary>The epoch of a stream, the writer's when it was asked for, and the highest key that it has a committed block of.</summary>
    private readonly record struct StreamEnd(uint Epoch, uint AskedUnder, bool HasBlocks, ulong Beat, byte Kind)
    {
        public bool IsBefore(BlockKey key) => !HasBlocks || key.Beat > Beat || (key.Beat == Beat && key.Kind > Kind);
    }
}
