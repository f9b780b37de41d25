using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// Reads a journal from end to end, as of one moment and without changing anything: every chain, table and body. Nodes may go on writing. Over several
/// databases the moment of the first is the earliest, so that what it says was done is found in the others.
/// </summary>
public sealed class JournalWalk
{
    private readonly NpgsqlConnection[] _parts;
    private readonly JournalBufferPool _buffers;
    private readonly IJournalWalker _walker;
    private readonly Guid _journalId;
    private readonly WalkOrder _order;
    private readonly List<(NpgsqlConnection Part, string Writer, GroupRecord Group, List<BlockRecord> Blocks)> _held = [];
    private long _groups;
    private long _blocks;
    private long _bodyBytes;
    private int _snapshots;

    private JournalWalk(NpgsqlConnection[] parts, Guid journalId, JournalBufferPool buffers, IJournalWalker walker, WalkOrder order)
    {
        _order = order;
        _parts = parts;
        _journalId = journalId;
        _buffers = buffers;
        _walker = walker;
    }

    /// <summary>Walks the whole journal.</summary>
    /// <param name="databases">Where it is.</param>
    /// <param name="buffers">Where bodies are read into, one at a time.</param>
    /// <param name="walker">Is shown each group, its blocks, and at the end the snapshots.</param>
    /// <param name="order">In which order it is shown groups and blocks.</param>
    /// <param name="takesCopy">Also one that a copy is still going into.</param>
    /// <exception cref="JournalCorruptException">The first thing that is not what was written.</exception>
    /// <exception cref="DatabaseUnavailableException">The database cannot be reached, or went away.</exception>
    /// <exception cref="DatabaseUnfitException">There is no journal, or not one that this program knows.</exception>
    public static WalkReport Run(JournalDatabases databases, JournalBufferPool buffers, IJournalWalker walker, WalkOrder order = WalkOrder.Written, bool takesCopy = false)
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(walker);
        ServerLink[] links = [.. databases.All.Select(address => new ServerLink(address, "leither walk", TimeSpan.FromMinutes(10)) { AcceptsCopying = takesCopy })];
        try
        {
            NpgsqlConnection[] parts = Array.ConvertAll(links, link =>
            {
                // The first question decides which moment is seen.
                link.JournalId = links[0].JournalId;
                NpgsqlConnection connection = link.Use();
                Execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1");
                return connection;
            });
            return new JournalWalk(parts, links[0].JournalId, buffers, walker, order).Walk();
        }
        catch (Exception error) when (error is not DatabaseUnavailableException && DatabaseErrors.OutcomeOf(error) is not null)
        {
            throw new DatabaseUnavailableException($"The database does not answer: {error.Message}", error);
        }
        finally
        {
            Array.ForEach(links, static link => link.Dispose());
        }
    }

    private WalkReport Walk()
    {
        var bases = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach (NpgsqlConnection part in _parts)
        {
            foreach (Writer writer in Read(
                part,
                "SELECT writer, base, number, chain FROM leither.writers ORDER BY writer",
                reader => new Writer(reader.GetString(0), (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2), reader.GetFieldValue<byte[]>(3))))
            {
                WalkChain(part, writer);
                if (writer.Number > 0)
                {
                    bases[writer.Name] = bases.GetValueOrDefault(writer.Name) + writer.Base;
                }
            }
        }

        ShowHeld();
        if (_order == WalkOrder.Beats)
        {
            WalkBeats();
        }

        WalkSnapshots();
        Dictionary<StreamId, uint> epochs = Read(
            _parts[0],
            "SELECT stream, epoch FROM leither.epochs WHERE epoch > 0 ORDER BY stream",
            reader => (Stream: StreamId.Read(reader.GetFieldValue<byte[]>(0)), Epoch: (uint)reader.GetInt64(1))).ToDictionary(e => e.Stream, e => e.Epoch);
        return new WalkReport(_journalId, bases, _groups, _blocks, _bodyBytes, _snapshots, epochs);
    }

    private void WalkChain(NpgsqlConnection part, Writer writer)
    {
        List<GroupRecord> groups = Read(
            part,
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
            WalkGroup(part, writer, group);
        }

        Require(expected == writer.Number, writer, expected + 1, "is missing");
        Require(chain is null || writer.Chain.AsSpan().SequenceEqual(chain), writer, expected, "is not what was committed");
    }

    private void WalkGroup(NpgsqlConnection part, Writer writer, GroupRecord group)
    {
        List<BlockRecord> blocks = Read(
            part,
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
        if (_order == WalkOrder.Written && _parts.Length > 1)
        {
            _held.Add((part, writer.Name, group, blocks));
            return;
        }

        _walker.OnGroup(writer.Name, group);
        if (_order == WalkOrder.Written)
        {
            blocks.ForEach(block => Show(part, block));
        }
    }

    /// <summary>Over several databases, groups of the same mark were one.</summary>
    private void ShowHeld()
    {
        foreach ((NpgsqlConnection part, string writer, GroupRecord group, List<BlockRecord> blocks) in
            _held.OrderBy(static held => held.Writer, StringComparer.Ordinal).ThenBy(static held => held.Group.Mark))
        {
            _walker.OnGroup(writer, group);
            blocks.ForEach(block => Show(part, block));
        }
    }

    // The chains have been walked: every block that is here is in one of them.
    private void WalkBeats()
    {
        SortedSet<long> beats = [.. _parts.SelectMany(part => Read(part, "SELECT DISTINCT beat FROM leither.blocks", reader => reader.GetInt64(0)))];
        foreach (long beat in beats)
        {
            foreach ((NpgsqlConnection part, BlockRecord record) in InOrder(
                "SELECT beat, kind, epoch, time_sequence, length, checksum, upload, ordinal, stream FROM leither.blocks WHERE beat = $1",
                reader => PostgresJournal.ReadRecord(reader, StreamId.Read(reader.GetFieldValue<byte[]>(8))),
                static record => (record.Key.Kind, Convert.ToHexString(Stored.Stream(record.Key.Stream))),
                beat))
            {
                Show(part, record);
            }
        }
    }

    private void Show(NpgsqlConnection part, BlockRecord record)
    {
        JournalBuffer body = _buffers.Rent(record.Length);
        try
        {
            Pieces.Read(part, record.Upload, record.Ordinal, record.Length, record.Checksum, body, record.Key);
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
        foreach ((NpgsqlConnection part, (SnapshotKey key, int length, uint checksum, long upload)) in InOrder(
            "SELECT stream, time_sequence, beat, length, checksum, upload FROM leither.snapshots",
            reader => (
                Key: new SnapshotKey(StreamId.Read(reader.GetFieldValue<byte[]>(0)), (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2)),
                (int)reader.GetInt64(3),
                (uint)reader.GetInt64(4),
                reader.GetInt64(5)),
            static row => (Convert.ToHexString(Stored.Stream(row.Key.Stream)), row.Key.TimeSequence, row.Key.Beat)))
        {
            JournalBuffer body = _buffers.Rent(length);
            try
            {
                Pieces.Read(part, upload, 0, length, checksum, body, key);
                _snapshots++;
                _walker.OnSnapshot(key, body);
            }
            finally
            {
                body.Release();
            }
        }
    }

    /// <summary>The rows of all databases, with where each is from, in the order of a key.</summary>
    private IEnumerable<(NpgsqlConnection Part, T Row)> InOrder<T, TKey>(string sql, Func<NpgsqlDataReader, T> row, Func<T, TKey> key, params object[] values) =>
        _parts.SelectMany(part => Read(part, sql, row, values).Select(found => (part, found))).OrderBy(found => key(found.found));

    private static void Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // A constant text of this class.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static List<T> Read<T>(NpgsqlConnection part, string sql, Func<NpgsqlDataReader, T> row, params object[] values)
    {
        var rows = new List<T>();
#pragma warning disable CA2100 // Constant texts of this class.
        using var command = new NpgsqlCommand(sql, part);
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
