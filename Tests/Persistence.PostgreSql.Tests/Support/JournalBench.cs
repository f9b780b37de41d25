using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>What most tests of one journal need: its buffers, the journal itself, and an audit of what is in the database.</summary>
internal sealed class JournalBench(DatabaseAddress address, PostgresJournalOptions? options = null) : IDisposable
{
    public JournalBufferPool Buffers { get; } = new(256L << 20);

    public PostgresJournal Journal { get; private set; } = null!;

    public JournalBench Open()
    {
        Journal?.Dispose();
        Journal = PostgresJournal.Open(address, Buffers, options);
        return this;
    }

    /// <summary>A group of blocks of some sizes, of streams from that one on.</summary>
    public JournalOutcome Write(ulong beat, params int[] lengths)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            JournalOutcome outcome = Journal.Put(Buffers, new BlockKey(Stream(i), beat, 1), lengths[i], timeSequence: beat);
            if (outcome != JournalOutcome.Ok)
            {
                return outcome;
            }
        }

        return JournalOutcome.Ok;
    }

    /// <summary>Commits as a driver does: the same mark again while the database is away.</summary>
    public JournalOutcome CommitWhileUnavailable(ulong beat)
    {
        JournalOutcome outcome;
        do
        {
            outcome = Journal.Commit(new GroupMark(beat, 1));
        }
        while (outcome == JournalOutcome.Unavailable);
        return outcome;
    }

    public static WalkReport Audit(DatabaseAddress address, IJournalWalker? walker = null) => Audit(JournalDatabases.Of(address), walker);

    public static WalkReport Audit(JournalDatabases databases, IJournalWalker? walker = null)
    {
        using var buffers = new JournalBufferPool(256L << 20);
        return JournalWalk.Run(databases, buffers, walker ?? new Onlooker());
    }

    public void Dispose()
    {
        Journal?.Dispose();
        Assert.Equal(0, Buffers.BytesRented);
        Buffers.Dispose();
    }

    private sealed class Onlooker : IJournalWalker
    {
        public void OnGroup(string writer, GroupRecord group)
        {
        }

        public void OnBlock(JournalBlock block)
        {
        }

        public void OnSnapshot(SnapshotKey key, JournalBuffer body)
        {
        }
    }
}
