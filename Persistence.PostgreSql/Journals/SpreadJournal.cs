using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// A journal over several databases, each of which has some of the streams: a <see cref="PostgresJournal"/> of its own, with chains and fences of its own.
/// docs/PROTOCOL.md, "A journal over several databases".
/// </summary>
/// <remarks>
/// <para>A group is committed in all databases at once, and is whole within each. What of it a crash, or a fence in one of them, leaves out is left out as if
/// another node had been to write it: <see cref="IsSpread"/> says so to the actors, who make no beat before the credits of the one before are durable everywhere. While one
/// database is away the answer is Unavailable; the others have their parts of the group, and do not write them again.</para>
/// <para>Epochs are given out by the first database, which makes them unique, and count as given out when the databases of the streams have them.</para>
/// </remarks>
public sealed class SpreadJournal : IJournalStore
{
    /// <summary>So often an epoch is asked for again when another writer came between.</summary>
    private const int EpochTriesMax = 3;

    private readonly SpreadMap _map;
    private readonly PostgresJournal[] _parts;
    private readonly SideBySide _sideBySide;
    private GroupMark _lastMark;

    private SpreadJournal(SpreadMap map, PostgresJournal[] parts, bool takesCopy)
    {
        _map = map;
        _parts = parts;
        _sideBySide = new SideBySide(parts.Length);

        // A copy that was interrupted goes on behind the last group that every database is sure to have.
        _lastMark = takesCopy ? parts.Min(static part => part.Opening.LastGroup) : parts.Max(static part => part.Opening.LastGroup);
        Opening = new JournalOpening(_lastMark, parts.Max(static part => part.Opening.CommittedTimeSequence), 0, parts[0].Opening.Epoch);
    }

    /// <inheritdoc/>
    public JournalOpening Opening { get; }

    /// <inheritdoc/>
    public bool IsSpread => true;

    /// <inheritdoc/>
    public string? Hindrance { get; private set; }

    /// <summary>Who the journal is; all its databases have the same id.</summary>
    public Guid JournalId => _parts[0].JournalId;

    /// <inheritdoc/>
    public JournalUsage Usage
    {
        get
        {
            var sum = default(JournalUsage);
            foreach (PostgresJournal part in _parts)
            {
                JournalUsage usage = part.Usage;
                sum = new JournalUsage(
                    sum.Bytes + usage.Bytes, sum.Segments + usage.Segments, sum.Snapshots + usage.Snapshots, Math.Max(sum.OldestTimeSequence, usage.OldestTimeSequence));
            }

            return sum;
        }
    }

    /// <summary>Opens the journal of databases that <see cref="Migrator.Spread"/> has prepared.</summary>
    /// <param name="databases">Several.</param>
    /// <param name="buffers">Where the bodies of replayed blocks are rented.</param>
    /// <param name="options">Of each database; null: the defaults.</param>
    /// <exception cref="DatabaseUnavailableException">One of them does not answer.</exception>
    /// <exception cref="DatabaseUnfitException">One of them is not what the addresses say, or of another journal; or as for one database.</exception>
    public static SpreadJournal Open(JournalDatabases databases, JournalBufferPool buffers, PostgresJournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(databases);
        SpreadMap map = databases.Map ?? throw new ArgumentException("A journal in one database is no spread one", nameof(databases));
        var parts = new List<PostgresJournal>();
        try
        {
            foreach (DatabaseAddress address in databases.All)
            {
                parts.Add(PostgresJournal.Open(address, buffers, options));
                if (parts[^1].JournalId != parts[0].JournalId)
                {
                    throw new DatabaseUnfitException(
                        $"{address} is of journal {parts[^1].JournalId}, and {databases.Main} of {parts[0].JournalId}. Name the databases of one journal.");
                }
            }

            return new SpreadJournal(map, [.. parts], options?.TakesCopy ?? false);
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>After Unavailable it may have been raised in some of the databases; asked again, all get a higher one.</remarks>
    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        for (int tries = 1; ; tries++)
        {
            JournalOutcome outcome = Noting(_parts[0], _parts[0].AcquireEpoch(owner, out epoch));
            bool isNewest = true;
            foreach (PostgresJournal part in owner == StreamId.WholeJournal ? _parts : [PartOf(owner)])
            {
                if (outcome == JournalOutcome.Ok && part != _parts[0])
                {
                    outcome = Noting(part, part.FollowEpoch(owner, epoch, out bool isNewestHere));
                    isNewest &= isNewestHere;
                }
            }

            if (outcome != JournalOutcome.Ok || isNewest)
            {
                return outcome;
            }

            if (tries == EpochTriesMax)
            {
                Hindrance = "Another writer takes the same epochs at the same time";
                return JournalOutcome.Unavailable;
            }
        }
    }

    /// <inheritdoc/>
    public JournalOutcome Write(JournalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        PostgresJournal part = PartOf(block.Key.Stream);
        return Noting(part, part.Write(block));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Each database commits its part of the group by itself. After Full or Unavailable the parts that are not committed are open, and the next commit takes
    /// them up; after Fenced and Conflict they are gone.
    /// </remarks>
    public JournalOutcome Commit(GroupMark mark)
    {
        if (mark <= _lastMark)
        {
            throw new ArgumentException($"Marks rise strictly: {mark} comes after {_lastMark}", nameof(mark));
        }

        PostgresJournal[] open = Array.FindAll(_parts, static part => part.HasOpenGroup);
        JournalOutcome outcome = Worst(_sideBySide.Run(open, part => part.Commit(mark > part.LastMark ? mark : part.LastMark.Next())), open);
        if (outcome == JournalOutcome.Ok)
        {
            _lastMark = mark;
        }
        else if (outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            Array.ForEach(_parts, static part => part.DropGroup());
        }

        return outcome;
    }

    /// <inheritdoc/>
    public bool TryRead(BlockKey key, JournalBuffer into) => PartOf(key.Stream).TryRead(key, into);

    /// <inheritdoc/>
    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink) => PartOf(stream).Replay(stream, afterBeat, throughBeat, sink);

    /// <inheritdoc/>
    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body) => PartOf(key.Stream).SaveSnapshot(key, body);

    /// <inheritdoc/>
    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key) =>
        PartOf(stream).TryLoadSnapshot(stream, atMostTimeSequence, into, out key);

    /// <inheritdoc/>
    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => PartOf(stream).ListSnapshots(stream);

    /// <inheritdoc/>
    /// <remarks>Database by database; when one is away, the others may have been compacted.</remarks>
    public JournalOutcome Compact(ulong keepFromTimeSequence) =>
        Worst(Array.ConvertAll(_parts, part => part.Compact(keepFromTimeSequence)), _parts);

    /// <summary>Leaves: an open group is dropped.</summary>
    public void Dispose()
    {
        _sideBySide.Dispose();
        Array.ForEach(_parts, static part => part.Dispose());
    }

    private PostgresJournal PartOf(StreamId stream) => _parts[_map.PartOf(stream)];

    /// <summary>What all of them come to: a refusal before what can be tried again.</summary>
    private JournalOutcome Worst(JournalOutcome[] outcomes, PostgresJournal[] of)
    {
        int worst = Array.FindIndex(outcomes, static outcome => outcome is not (JournalOutcome.Ok or JournalOutcome.Full or JournalOutcome.Unavailable));
        worst = worst >= 0 ? worst : Array.FindIndex(outcomes, static outcome => outcome != JournalOutcome.Ok);
        return worst < 0 ? JournalOutcome.Ok : Noting(of[worst], outcomes[worst]);
    }

    private JournalOutcome Noting(PostgresJournal part, JournalOutcome outcome)
    {
        Hindrance = outcome is JournalOutcome.Full or JournalOutcome.Unavailable ? part.Hindrance : Hindrance;
        return outcome;
    }
}
