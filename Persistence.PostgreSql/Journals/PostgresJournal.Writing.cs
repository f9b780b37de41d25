using System.Runtime.InteropServices;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <content>The open group: taking blocks in, and sending their bodies ahead.</content>
public sealed partial class PostgresJournal
{
    /// <summary>Longest body.</summary>
    public const int BodyBytesMax = 1 << 30;

    private readonly PieceRows _rows;
    private readonly UploadNumbers _numbers = new();
    private readonly List<BlockRecord> _pending = [];
    private readonly Dictionary<BlockKey, int> _pendingKeys = [];
    private readonly Dictionary<StreamId, StreamEnd> _streams = [];

    /// <summary>So many of the pending blocks have their bodies durable on the server; those of the others are staged.</summary>
    private int _durable;
    private Upload? _upload;
    private bool _isHeldBack;
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
        if (_rows.Count > 0 && _rows.Bytes + body.Length > _options.StagingBytes)
        {
            JournalOutcome outcome = FinishUpload(isDurable: true);
            if (outcome != JournalOutcome.Ok)
            {
                return outcome;
            }

            _durable = _pending.Count;
            _rows.Clear();
        }

        int ordinal = _rows.Count;
        _rows.Add(body);
        _pendingKeys.Add(record.Key, _pending.Count);
        _pending.Add(record with { Ordinal = ordinal });
        SendAhead();
        return JournalOutcome.Ok;
    }

    /// <summary>
    /// Sends what is complete while the node still makes the rest. A failure costs nothing: what is staged is sent again at the commit.
    /// </summary>
    private void SendAhead()
    {
        if (_rows.FullChunks == 0 || _isHeldBack)
        {
            return;
        }

        try
        {
            BeginUpload().Send(_rows, _rows.FullChunks);
        }
        catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is not null)
        {
            DropUpload();
            _isHeldBack = true;
        }
    }

    /// <summary>Everything staged is in the database after this, under a number that the pending blocks then have.</summary>
    private JournalOutcome FinishUpload(bool isDurable)
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            try
            {
                Upload upload = BeginUpload();
                upload.Complete(_rows, isDurable);
                _upload = null;
                foreach (ref BlockRecord block in CollectionsMarshal.AsSpan(_pending)[_durable..])
                {
                    block = block with { Upload = upload.Number };
                }

                return JournalOutcome.Ok;
            }
            catch (Exception error) when (DatabaseErrors.OutcomeOf(error) is { } outcome)
            {
                DropUpload();
                NoteHindrance(error);
                if (isSecond || outcome != JournalOutcome.Unavailable || error is DatabaseUnavailableException)
                {
                    return outcome;
                }
            }
            catch (Exception error)
            {
                DropUpload();
                ThrowEnded(error);
            }
        }
    }

    private Upload BeginUpload() => _upload ??= Upload.Begin(_writing.Use(), _numbers.Next(_writing));

    private void DropUpload()
    {
        _upload = null;
        _writing.Break();
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
        if (_upload is not null)
        {
            DropUpload();
        }

        _pending.Clear();
        _pendingKeys.Clear();
        _rows.Clear();
        _durable = 0;
        _tries.Clear();
    }

    /// <summary>The epoch of a stream, the writer's when it was asked for, and the highest key that it has a committed block of.</summary>
    private readonly record struct StreamEnd(uint Epoch, uint AskedUnder, bool HasBlocks, ulong Beat, byte Kind)
    {
        public bool IsBefore(BlockKey key) => !HasBlocks || key.Beat > Beat || (key.Beat == Beat && key.Kind > Kind);
    }
}
