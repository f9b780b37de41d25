using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Sealed;

public sealed class SealedIndexTests
{
    private static readonly SealedIndexOptions Small = new() { MemoryEntriesMax = 500, MemorySpanMs = 60_000, MergeRuns = 3, RunEntriesMax = 5000 };

    private readonly SimulatedDisk _disk = new(new SimulatedChance(1));
    private readonly SealedWindows _windows = new();

    [Fact]
    public void TryFind_EveryIdOfManyPulses_HasItsPlaceAndNoOtherIsFound()
    {
        using SealedIndex index = Open();
        for (ulong beat = 1; beat <= 120; beat++)
        {
            _windows.Seal(beat);
            _windows.AppendTo(index, beat);
            _windows.AssertFound(index, beat, most: 20);
        }

        _windows.AssertFound(index, 1);
        _windows.AssertUnknownAbsent(index);
        Assert.InRange(index.RunCount, 3, 14);
    }

    [Fact]
    public void Open_AfterDispose_KnowsEverythingAndWhatItCovers()
    {
        for (ulong beat = 1; beat <= 40; beat++)
        {
            _windows.Seal(beat);
            using SealedIndex index = Open();
            Assert.Equal(_windows.LastBeatOf(0, beat - 1), index.CoversThrough(TestBlocks.Stream(0)));
            _windows.AppendTo(index, beat);
        }

        using SealedIndex last = Open();
        _windows.AssertFound(last, 1);
        Assert.Equal(0UL, last.CoversThrough(TestBlocks.Stream(77)));
    }

    [Fact]
    public void Append_BeatThatIsCovered_IsPassedOver()
    {
        using SealedIndex index = Open();
        _windows.Seal(5);
        _windows.AppendTo(index, 5);
        long entries = index.Entries;
        _windows.AppendTo(index, 5);
        index.Append(TestBlocks.Stream(0), 4, 4, 4, new byte[64]);
        Assert.Equal(entries, index.Entries);
        Assert.Throws<ArgumentException>(() => index.Append(TestBlocks.Stream(0), 6, 4, 4, new byte[33]));
        Assert.Throws<ArgumentException>(() => index.TryFind(TestBlocks.Stream(0), new byte[31], out _));
    }

    [Fact]
    public void TryFind_SameIdInTwoStreams_IsFoundInEach()
    {
        byte[] id = new byte[32];
        TestBlocks.Fill(id, 1);
        using SealedIndex index = Open();
        index.Append(TestBlocks.Stream(1), 1, 10, 100, id);
        index.Append(TestBlocks.Stream(2), 2, 11, 101, id);
        Assert.True(index.TryFind(TestBlocks.Stream(1), id, out SealedPlace first));
        Assert.True(index.TryFind(TestBlocks.Stream(2), id, out SealedPlace second));
        Assert.Equal((new SealedPlace(1, 10, 100, 0), new SealedPlace(2, 11, 101, 0)), (first, second));
        Assert.False(index.TryFind(TestBlocks.Stream(3), id, out _));
    }

    [Fact]
    public void TryFind_UnknownId_ReadsAboutOnePageARun()
    {
        using SealedIndex index = Open();
        for (ulong beat = 1; beat <= 100; beat++)
        {
            _windows.Seal(beat);
            _windows.AppendTo(index, beat);
        }

        int reads = 0;
        int questions = 0;
        _disk.BeforeOperation = (operation, _) => reads += operation == DiskOperation.Read ? 1 : 0;
        var chance = new SimulatedChance(4);
        byte[] id = new byte[32];
        for (; questions < 500; questions++)
        {
            chance.Fill(id);
            Assert.False(index.TryFind(TestBlocks.Stream(questions % SealedWindows.Streams), id, out _));
        }

        Assert.True(reads <= questions * index.RunCount, $"{reads} reads for {questions} questions to {index.RunCount} runs");
    }

    [Fact]
    public void DropBefore_OldRuns_GoAndNewerEntriesStay()
    {
        using SealedIndex index = Open();
        for (ulong beat = 1; beat <= 200; beat++)
        {
            _windows.Seal(beat);
            _windows.AppendTo(index, beat);
            if (beat > 50)
            {
                index.DropBefore(SealedWindows.TimestampOf(beat - 50));
                Assert.True(index.Entries < (50 * 170) + Small.RunEntriesMax, $"{index.Entries} entries at beat {beat}");
                Assert.Equal(_disk.List().Where(name => !name.EndsWith(".tmp", StringComparison.Ordinal)).Sum(_disk.LengthOf), index.Bytes);
            }
        }

        _windows.AssertFound(index, 150);
    }

    [Fact]
    public void DropBefore_AStreamCaughtUpBehindANewerOne_NewerEntriesStay()
    {
        byte[] id = [.. Enumerable.Range(1, 32).Select(static b => (byte)b)];
        byte[] other = [.. id.Reverse()];
        using (SealedIndex index = Open())
        {
            // As after a crash: one stream whole, then the next.
            index.Append(TestBlocks.Stream(0), 9, 9, SealedWindows.TimestampOf(9), id);
            index.Append(TestBlocks.Stream(1), 2, 2, SealedWindows.TimestampOf(2), other);
        }

        using SealedIndex again = Open();
        again.DropBefore(SealedWindows.TimestampOf(5));
        Assert.True(again.TryFind(TestBlocks.Stream(0), id, out SealedPlace place));
        Assert.Equal(9ul, place.Beat);
    }

    [Fact]
    public void Append_QuietLedger_WritesWhatIsOldEnough()
    {
        using (SealedIndex index = Open())
        {
            for (ulong beat = 1; beat <= 100; beat++)
            {
                _windows.Seal(beat, idsMax: 2);
                _windows.AppendTo(index, beat);
            }

            Assert.True(index.RunCount > 0);
            _disk.LosePower();
        }

        using SealedIndex again = Open();
        Assert.True(again.CoversThrough(TestBlocks.Stream(0)) >= 40);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_CrashedAnywhere_CoversAPrefixAndIsCompletedFromTheJournal(ulong seed)
    {
        var chance = new SimulatedChance(seed);
        ulong sealedThrough = 0;
        for (int crash = 0; crash < 60; crash++)
        {
            int operations = (int)chance.Next(60);
            _disk.AfterOperation = (_, _) =>
            {
                if (operations-- == 0)
                {
                    throw new CrashException();
                }
            };
            try
            {
                SealedIndex index = Open();
                for (ulong beat = 1; beat <= sealedThrough; beat++)
                {
                    _windows.AppendTo(index, beat);
                }

                _disk.AfterOperation = operations > 20 ? _disk.AfterOperation : null;
                _windows.AssertFound(index, 1, most: 30);
                for (int i = 0; i < 6; i++)
                {
                    _windows.Seal(++sealedThrough);
                    _windows.AppendTo(index, sealedThrough);
                }

                _windows.AssertFound(index, sealedThrough - 5);
            }
            catch (CrashException)
            {
            }

            _disk.AfterOperation = null;
            _disk.LosePower();
        }

        using SealedIndex last = Open();
        for (ulong beat = 1; beat <= sealedThrough; beat++)
        {
            _windows.AppendTo(last, beat);
        }

        _windows.AssertFound(last, 1);
    }

    [Fact]
    public void TryFind_DamagedPage_SaysSoOnceAndIsWholeAgainAfterTheRestWasAppended()
    {
        const ulong Beats = 60;
        for (ulong beat = 1; beat <= Beats; beat++)
        {
            _windows.Seal(beat);
        }

        var chance = new SimulatedChance(9);
        for (int round = 0; round < 30; round++)
        {
            SealedIndex index = Open();
            for (ulong beat = 1; beat <= Beats; beat++)
            {
                _windows.AppendTo(index, beat);
            }

            string[] runs = [.. _disk.List().Where(name => !name.EndsWith(".tmp", StringComparison.Ordinal))];
            string run = runs[(int)chance.Next((ulong)runs.Length)];
            _disk.FlipBit(run, (long)chance.Next((ulong)_disk.LengthOf(run)), (int)chance.Next(8));
            bool isReopened = round % 2 == 0;
            if (isReopened)
            {
                _disk.DropHandles();
                index = Open();
            }

            // A flipped bit in padding harms nobody; any other is noticed by whoever comes there.
            for (int attempt = 0; attempt < 2; attempt++)
            {
                try
                {
                    for (ulong beat = 1; beat <= Beats; beat++)
                    {
                        _windows.AppendTo(index, beat);
                    }

                    _windows.AssertFound(index, 1);
                    break;
                }
                catch (JournalCorruptException corrupt)
                {
                    Assert.Equal(0, attempt);
                    Assert.Equal(run, corrupt.File);
                }
            }

            index.Dispose();
        }
    }

    [Fact]
    public void Open_RunMissingInTheMiddle_CoversOnlyWhatIsBeforeIt()
    {
        using (SealedIndex index = Open())
        {
            for (ulong beat = 1; beat <= 60; beat++)
            {
                _windows.Seal(beat);
                _windows.AppendTo(index, beat);
            }
        }

        string[] runs = _disk.List();
        Assert.True(runs.Length > 2);
        _disk.Delete(runs[1]);
        using SealedIndex again = Open();
        Assert.Equal(1, again.RunCount);
        Assert.Equal([runs[0]], _disk.List());
        ulong covered = again.CoversThrough(TestBlocks.Stream(0));
        Assert.InRange(covered, 1UL, 59UL);
        for (ulong beat = 1; beat <= 60; beat++)
        {
            _windows.AppendTo(again, beat);
        }

        _windows.AssertFound(again, 1);
    }

    [Fact]
    public void Append_DiskFull_StaysInMemoryToABoundAndGoesOnWithRoom()
    {
        using SealedIndex index = Open();
        _windows.Seal(1);
        _windows.AppendTo(index, 1);
        _disk.IsFull = true;
        ulong beat = 1;
        Assert.Throws<DiskFullException>(() =>
        {
            while (beat < 100)
            {
                _windows.Seal(++beat);
                _windows.AppendTo(index, beat);
            }
        });
        Assert.InRange(index.Entries, 4L * Small.MemoryEntriesMax, (4L * Small.MemoryEntriesMax) + 400);
        Assert.Equal(0, index.RunCount);
        _windows.AssertFound(index, 1, through: beat - 1);

        _disk.IsFull = false;
        _windows.AppendTo(index, beat);
        _windows.AssertFound(index, 1);
        Assert.Equal(1, index.RunCount);
    }

    [Fact]
    public void Append_GroundIds_AreFoundAllTheSame()
    {
        // Ids that share their first 8 bytes over several pages, and ids that share 4.
        byte[] ids = new byte[32 * 1500];
        TestBlocks.Fill(ids, 3);
        for (int i = 0; i < 1500; i++)
        {
            ids.AsSpan(32 * i, i % 3 == 0 ? 8 : 4).Fill(0x77);
        }

        using SealedIndex index = Open();
        index.Append(TestBlocks.Stream(1), 1, 1, 1, ids);
        for (ulong beat = 2; beat <= 30; beat++)
        {
            _windows.Seal(beat);
            _windows.AppendTo(index, beat);
        }

        for (int i = 0; i < 1500; i++)
        {
            Assert.True(index.TryFind(TestBlocks.Stream(1), ids.AsSpan(32 * i, 32), out SealedPlace place));
            Assert.Equal(new SealedPlace(1, 1, 1, (uint)i), place);
        }
    }

    private SealedIndex Open() => SealedIndex.Open(_disk, new SimulatedChance(2), Small);

    private sealed class CrashException() : Exception("The node crashed here");
}
