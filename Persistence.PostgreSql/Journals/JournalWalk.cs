using System.Data;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// Reads a journal from end to end, as of one moment and without changing anything: every chain, table and body. Nodes may go on writing.
/// </summary>
public sealed class JournalWalk
{
    private readonly NpgsqlConnection _connection;
    private readonly JournalBufferPool _buffers;
    private readonly IJournalWalker _walker;
    private readonly Guid _journalId;
    private readonly WalkOrder _order;
    private long _groups;
    private long _blocks;
    private long _bodyBytes;
    private int _snapshots;

    private JournalWalk(NpgsqlConnection connection, Guid journalId, JournalBufferPool buffers, IJournalWalker walker, WalkOrder order)
    {
        _order = order;
        _connection = connection;
        _journalId = journalId;
        _buffers = buffers;
        _walker = walker;
    }

    /// <summary>Walks the whole journal.</summary>
    /// <param name="address">The database.</param>
    /// <param name="buffers">Where bodies are read into, one at a time.</param>
    /// <param name="walker">Is shown each group, its blocks, and at the end the snapshots.</param>
    /// <param name="order">In which order it is shown groups and blocks.</param>
    /// <param name="takesCopy">Also one that a copy is still going into.</param>
    /// <exception cref="JournalCorruptException">The first thing that is not what was written.</exception>
    /// <exception cref="DatabaseUnavailableException">The database cannot be reached, or went away.</exception>
    /// <exception cref="DatabaseUnfitException">There is no journal, or not one that this program knows.</exception>
    public static WalkReport Run(DatabaseAddress address, JournalBufferPool buffers, IJournalWalker walker, WalkOrder order = WalkOrder.Written, bool takesCopy = false)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(walker);
        using var link = new ServerLink(address, "leither walk", TimeSpan.FromMinutes(10)) { AcceptsCopying = takesCopy };
        try
        {
            NpgsqlConnection connection = link.Use();
            using NpgsqlTransaction transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            return new JournalWalk(connection, link.JournalId, buffers, walker, order).Walk();
        }
        catch (Exception error) when (error is not DatabaseUnavailableException && DatabaseErrors.OutcomeOf(error) is not null)
        {
            link.Break();
            throw new DatabaseUnavailableException($"The database does not answer: {error.Message}", error);
        }
    }

    private WalkReport Walk()
    {
        List<Writer> writers = Read(
            "SELECT writer, base, number, chain FROM leither.writers ORDER BY writer",
            reader => new Writer(reader.GetString(0), (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)));
        writers.ForEach(WalkChain);
        if (_order == WalkOrder.Beats)
        {
            WalkBeats();
        }

        WalkSnapshots();
        Dictionary<StreamId, uint> epochs = Read(
            "SELECT stream, epoch FROM leither.epochs WHERE epoch > 0 ORDER BY stream",
            reader => (Stream: StreamId.Read(reader.GetFieldValue<byte[]>(0)), Epoch: (uint)reader.GetInt64(1))).ToDictionary(e => e.Stream, e => e.Epoch);
        return new WalkReport(
            _journalId,
            writers.Where(w => w.Number > 0).ToDictionary(w => w.Name, w => w.Base, StringComparer.Ordinal),
            _groups,
            _blocks,
            _bodyBytes,
            _snapshots,
            epochs);
    }

    private void WalkChain(Writer writer)
    {
        List<GroupRecord> groups = Read(
            "SELECT number, beat, phase, blocks, table_checksum, time_sequence_high, previous FROM leither.groups WHERE writer = $1 ORDER BY number",
            reader => new GroupRecord
            {
                Number = (ulong)reader.GetInt64(0),
                Mark = new GroupMark((ulong)reader.GetInt64(1), (byte)reader.GetInt16(2)),
                Blocks = reader.GetInt32(3),
                TableChecksum = (uint)reader.GetInt64(4),
                TimeSequenceHigh = (ulong)reader.GetInt64(5),
                Previous = reader.GetFieldValue<byte[]>(6),
            },
            writer.Name);
        ulong expected = writer.Base;
        byte[]? chain = null;
        GroupMark mark = default;
        foreach (GroupRecord group in groups)
        {
            Require(group.Number == ++expected, writer, expected, "is missing");
            Require(chain is null || group.Previous.AsSpan().SequenceEqual(chain), writer, expected, "does not follow from the one before");
            Require(chain is null || group.Mark > mark, writer, expected, "has a mark that does not rise");
            chain = group.Chain(_journalId);
            mark = group.Mark;
            WalkGroup(writer, group);
        }

        Require(expected == writer.Number, writer, expected + 1, "is missing");
        Require(chain is null || writer.Chain.AsSpan().SequenceEqual(chain), writer, expected, "is not what was committed");
    }

    private void WalkGroup(Writer writer, GroupRecord group)
    {
        List<BlockRecord> blocks = Read(
            "SELECT beat, kind, epoch, time_sequence, length, checksum, upload, ordinal, stream FROM leither.blocks "
            + "WHERE writer = $1 AND number = $2 ORDER BY place",
            reader => PostgresJournal.ReadRecord(reader, StreamId.Read(reader.GetFieldValue<byte[]>(8))),
            writer.Name,
            (long)group.Number);
        uint checksum = 0;
        foreach (BlockRecord block in blocks)
        {
            checksum = GroupRecord.AppendBlock(checksum, block);
        }

        Require(blocks.Count == group.Blocks && checksum == group.TableChecksum, writer, group.Number, "has other blocks than were committed");
        _groups++;
        _walker.OnGroup(writer.Name, group);
        if (_order == WalkOrder.Written)
        {
            blocks.ForEach(Show);
        }
    }

    // The chains have been walked: every block that is here is in one of them.
    private void WalkBeats()
    {
        List<long> beats = Read("SELECT DISTINCT beat FROM leither.blocks ORDER BY beat", reader => reader.GetInt64(0));
        foreach (long beat in beats)
        {
            Read(
                "SELECT beat, kind, epoch, time_sequence, length, checksum, upload, ordinal, stream FROM leither.blocks WHERE beat = $1 ORDER BY kind, stream",
                reader => PostgresJournal.ReadRecord(reader, StreamId.Read(reader.GetFieldValue<byte[]>(8))),
                beat).ForEach(Show);
        }
    }

    private void Show(BlockRecord record)
    {
        JournalBuffer body = _buffers.Rent(record.Length);
        try
        {
            Pieces.Read(_connection, record.Upload, record.Ordinal, record.Length, record.Checksum, body, record.Key);
            _blocks++;
            _bodyBytes += record.Length;
            _walker.OnBlock(new JournalBlock { Key = record.Key, Epoch = record.Epoch, TimeSequence = record.TimeSequence, Body = body });
        }
        finally
        {
            body.Release();
        }
    }

    private void WalkSnapshots()
    {
        foreach ((SnapshotKey key, int length, uint checksum, long upload) in Read(
            "SELECT stream, time_sequence, beat, length, checksum, upload FROM leither.snapshots ORDER BY stream, time_sequence, beat",
            reader => (
                new SnapshotKey(StreamId.Read(reader.GetFieldValue<byte[]>(0)), (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2)),
                (int)reader.GetInt64(3),
                (uint)reader.GetInt64(4),
                reader.GetInt64(5))))
        {
            JournalBuffer body = _buffers.Rent(length);
            try
            {
                Pieces.Read(_connection, upload, 0, length, checksum, body, key);
                _snapshots++;
                _walker.OnSnapshot(key, body);
            }
            finally
            {
                body.Release();
            }
        }
    }

    private List<T> Read<T>(string sql, Func<NpgsqlDataReader, T> row, params object[] values)
    {
        var rows = new List<T>();
#pragma warning disable CA2100 // Constant texts of this class.
        using var command = new NpgsqlCommand(sql, _connection);
#pragma warning restore CA2100
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static void Require(bool holds, Writer writer, ulong number, string what)
    {
        if (!holds)
        {
            throw new JournalCorruptException("leither.groups", (long)number, $"group {number} of '{writer.Name}' {what}");
        }
    }

    private sealed record Writer(string Name, ulong Base, ulong Number, byte[] Chain);
}
