using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>A connection that breaks at any step of a group commit: nothing is lost, nothing is there twice.</summary>
[Collection(ServerCollection.Name)]
public sealed class LostConnectionTests(PostgresServer server)
{
    private const int StepsMax = 24;

    private static readonly int[] s_lengths = [9_000, 0, 70_000, 5];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Commit_ConnectionCutAtEveryStep_TakesEffectOnce(bool answersAreLost)
    {
        DatabaseAddress database = server.NewJournal();
        using var proxy = new CuttingProxy(server.Socket);
        var through = DatabaseAddress.Parse($"postgres://postgres@127.0.0.1:{proxy.Port}/{database.Database}?sslmode=disable");
        using var bench = new JournalBench(through, new PostgresJournalOptions { StagingBytes = 32 << 10, ChunkBytes = 8 << 10 });
        bench.Open();
        ulong beat = 0;
        int step = 0;
        for (; step < StepsMax; step++)
        {
            beat++;
            int cuts = proxy.Cuts;
            proxy.Arm(step, answersAreLost);
            Assert.Equal(JournalOutcome.Ok, bench.Write(beat, s_lengths));
            Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(beat));
            if (proxy.Cuts == cuts)
            {
                break;
            }
        }

        proxy.Arm(-1, answersAreLost: false);

        // The group had fewer steps than were tried: every one of them was cut once.
        Assert.InRange(step, 6, StepsMax - 1);
        WalkReport found = JournalBench.Audit(database);
        Assert.Equal((long)beat, found.Groups);
        Assert.Equal((long)beat * s_lengths.Length, found.Blocks);
        for (ulong b = 1; b <= beat; b++)
        {
            for (int i = 0; i < s_lengths.Length; i++)
            {
                bench.Journal.AssertHolds(bench.Buffers, new BlockKey(Stream(i), b, 1), s_lengths[i]);
            }
        }
    }

    [Fact]
    public void Commit_AnswerLostThenMoreBlocks_WritesOnlyTheNewOnes()
    {
        DatabaseAddress database = server.NewJournal();
        using var proxy = new CuttingProxy(server.Socket);
        var through = DatabaseAddress.Parse($"postgres://postgres@127.0.0.1:{proxy.Port}/{database.Database}?sslmode=disable&connect_timeout=1");
        using var bench = new JournalBench(through).Open();
        for (ulong beat = 10; beat < 1000; beat += 10)
        {
            // Looks for the step at which the group is there and the server is gone before anybody could tell. (How many writes a step
            // takes is not always the same.)
            Assert.Equal(JournalOutcome.Ok, bench.Write(beat, 100));
            proxy.Arm((int)(beat / 10) % StepsMax, answersAreLost: true);
            proxy.StopServingWhenCut = true;
            JournalOutcome outcome = bench.Journal.Commit(new GroupMark(beat, 1));
            bool isThere = server.Ask<long>($"SELECT count(*) FROM leither.blocks WHERE beat = {beat}", database.Database) == 1;
            proxy.StopServingWhenCut = false;
            if (outcome == JournalOutcome.Ok)
            {
                continue;
            }

            Assert.Equal(JournalOutcome.Unavailable, outcome);
            if (!isThere)
            {
                Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(beat));
                continue;
            }

            // The driver knows nothing of it: it hands over more, and commits under the same mark.
            Assert.Equal(JournalOutcome.Ok, bench.Write(beat + 1, 200));
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(beat, 1)));
            WalkReport found = JournalBench.Audit(database);
            Assert.Equal((long)(beat / 10) + 1, found.Groups);
            Assert.Equal((long)(beat / 10) + 1, found.Blocks);
            return;
        }

        Assert.Fail("no step was the commit");
    }

    [Fact]
    public void Write_BackendsTerminatedUnderLoad_LosesAndRepeatsNothing()
    {
        const ulong Beats = 40;
        DatabaseAddress database = server.NewJournal();
        using var bench = new JournalBench(database, new PostgresJournalOptions { StagingBytes = 64 << 10, ChunkBytes = 8 << 10 }).Open();
        for (ulong beat = 1; beat <= Beats; beat++)
        {
            Terminate(database);
            Assert.Equal(JournalOutcome.Ok, bench.Write(beat, 30_000, 30_000));
            Terminate(database);
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(7), beat, 1), 30_000));
            Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(beat));
        }

        WalkReport found = JournalBench.Audit(database);
        Assert.Equal((long)Beats, found.Groups);
        Assert.Equal(3 * (long)Beats, found.Blocks);
    }

    [Fact]
    public void Commit_WaitsForALockWhenItsBackendIsTerminated_TakesEffectOnce()
    {
        DatabaseAddress database = server.NewJournal();
        using var bench = new JournalBench(database).Open();
        bench.Write(1, 10);
        Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(1));
        using (Npgsql.NpgsqlConnection holder = server.Connect(database.Database))
        using (Npgsql.NpgsqlTransaction held = holder.BeginTransaction())
        {
            new Npgsql.NpgsqlCommand("SELECT 1 FROM leither.epochs WHERE epoch >= 0 FOR UPDATE", holder).ExecuteNonQuery();
            bench.Write(2, 10);
            var commit = new Thread(() => Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(2)));
            commit.Start();
            Until(() => server.Ask<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Database}' AND wait_event_type = 'Lock'") == 1);
            Terminate(database, "commit");
            held.Rollback();
            commit.Join();
        }

        Assert.Equal(2, JournalBench.Audit(database).Groups);
    }

    [Fact]
    public void Read_BackendTerminated_AnswersByANewConnection()
    {
        DatabaseAddress database = server.NewJournal();
        using var bench = new JournalBench(database).Open();
        bench.Write(1, 5_000);
        bench.CommitWhileUnavailable(1);
        bench.Journal.AssertHolds(bench.Buffers, new BlockKey(Stream(0), 1, 1), 5_000);
        Terminate(database);
        bench.Journal.AssertHolds(bench.Buffers, new BlockKey(Stream(0), 1, 1), 5_000);
    }

    private void Terminate(DatabaseAddress database, string purpose = "") => server.Execute(
        $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database.Database}' AND application_name LIKE 'leither%{purpose}'");

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30)), "it did not come to that");
}
