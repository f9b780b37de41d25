using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>What is dropped at the end of a journal, and what is refused, decided by <see cref="JournalFormat"/>.</summary>
public sealed class TornTailTests : IDisposable
{
    public enum Layout
    {
        /// <summary>All in one segment, all bodies small.</summary>
        Packed,

        /// <summary>Several segments, some bodies on pages of their own.</summary>
        Mixed,
    }

    private const int GroupCount = (int)SmallJournal.Beats * 2;

    private readonly JournalBufferPool _buffers = new(64L << 20);

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    public static TheoryData<Layout> Layouts => [Layout.Packed, Layout.Mixed];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_TailCutAtEveryByteOfTheLastGroup_DropsThatGroupOnly(Layout layout)
    {
        SmallJournal journal = Make(layout);
        InspectedGroup last = journal.Groups.Last;
        byte[] segment = journal.Files[last.File];
        Assert.Equal(1, last.BlockCount);

        // Header sector, the sector with the body, one block header; behind it the page is only filled up.
        int end = (int)last.Offset + (2 * JournalFormat.SectorBytes) + BlockHeader.Size;
        for (int cut = (int)last.Offset; cut <= last.Offset + last.Length; cut++)
        {
            SimulatedDisk disk = journal.Files.Lay(last.File, segment.AsSpan(0, cut));
            AssertHolds(disk, cut < end ? GroupCount - 1 : GroupCount, layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_SealsWithoutTheirCommit_CutAtEveryTenthByte_DropsThemWhole(Layout layout)
    {
        // The last group of another journal: the seals of beat 3, whose pulse was not committed yet.
        SmallJournal journal = Make(layout);
        InspectedGroup seals = journal.Groups.Groups[^2];
        byte[] segment = journal.Files[seals.File];
        byte[] marker = WithoutMarkerOf(journal, GroupCount - 1);
        int end = LastByteWritten(segment.AsSpan(0, (int)(seals.Offset + seals.Length))) + 1;
        for (int cut = (int)seals.Offset; cut < end; cut += 10)
        {
            SimulatedDisk disk = DiskCopy.Of(journal.Files.Lay(seals.File, segment.AsSpan(0, cut))).Lay(JournalFormat.MarkerName, marker);
            AssertHolds(disk, GroupCount - 2, layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_AnySectorsOfTheLastGroupNeverWritten_DropsItOrFindsItWhole(Layout layout)
    {
        SmallJournal journal = Make(layout);
        InspectedGroup last = journal.Groups.Last;
        byte[] segment = journal.Files[last.File];
        var chance = new SimulatedChance(11);
        for (int round = 0; round < 300; round++)
        {
            byte[] torn = (byte[])segment.Clone();
            bool isDamaged = false;
            for (int at = (int)last.Offset; at < (int)(last.Offset + last.Length); at += JournalFormat.SectorBytes)
            {
                Span<byte> sector = torn.AsSpan(at, JournalFormat.SectorBytes);
                if (chance.Hits(0.3) && sector.IndexOfAnyExcept((byte)0) >= 0)
                {
                    sector.Clear();
                    isDamaged = true;
                }
            }

            AssertHolds(journal.Files.Lay(last.File, torn), isDamaged ? GroupCount - 1 : GroupCount, layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_AnyByteOfAnyFileFlipped_RefusesAndNamesThePlace(Layout layout)
    {
        SmallJournal journal = Make(layout);
        var chance = new SimulatedChance(5);
        SimulatedDisk disk = journal.Files.Lay();
        int refused = 0;
        foreach (string name in journal.Files.Names)
        {
            byte[] original = journal.Files[name];
            for (int at = 0; at < original.Length; at += StepFrom(original, at))
            {
                int bit = (int)chance.Next(8);
                disk.FlipBit(name, at, bit);
                try
                {
                    using FileJournal opened = Open(disk, layout);

                    // Only where nothing was ever written may it be taken for what a crash left: and then it is cut off.
                    Assert.Equal(journal.Groups.Last.File, name);
                    Assert.True(at >= journal.Groups.Last.Offset + journal.Groups.Last.Length, $"{name} at {at} went unnoticed");
                    Assert.True(opened.Opening.TornBytesDropped > 0);
                    Assert.Equal(SmallJournal.MarkOf(GroupCount), opened.Opening.LastGroup);
                    disk = journal.Files.Lay();
                }
                catch (JournalCorruptException corrupt)
                {
                    disk.FlipBit(name, at, bit);
                    refused++;
                    Assert.Equal(name, corrupt.File);
                    Assert.InRange(corrupt.Offset, 0, at);
                }
            }
        }

        Assert.True(refused > 10_000);
    }

    [Fact]
    public void Open_EveryBitOfTheLastBlockFlipped_RefusesAlsoWhereItsBodyHasZeroSectors()
    {
        // A body with a sector of zeros in it: the count of them in its header tells a flipped bit from a lost sector.
        var disk = new SimulatedDisk(new SimulatedChance(1));
        byte[] content = new byte[2000];
        TestBlocks.Fill(content.AsSpan(0, 300), 1);
        TestBlocks.Fill(content.AsSpan(1700), 2);
        var key = new BlockKey(TestBlocks.Stream(1), 1, 1);
        using (FileJournal journal = FileJournal.Open(disk, new SimulatedChance(2), _buffers, TestOptions.Small))
        {
            JournalBuffer body = TestBlocks.Buffer(_buffers, content);
            Assert.Equal(JournalOutcome.Ok, journal.Write(new JournalBlock { Key = key, Epoch = 0, Body = body }));
            body.Release();
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(1, 1)));
        }

        DiskCopy files = DiskCopy.Of(disk);
        string name = JournalFormat.SegmentName(1);
        int start = JournalFormat.PageBytes + JournalFormat.SectorBytes;
        for (int bit = 0; bit < content.Length * 8; bit++)
        {
            disk.FlipBit(name, start + (bit / 8), bit % 8);
            JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(() => FileJournal.Open(disk, new SimulatedChance(2), _buffers, TestOptions.Small));
            Assert.Equal(start, corrupt.Offset);
            disk.FlipBit(name, start + (bit / 8), bit % 8);
        }

        for (int sector = start; sector < start + content.Length; sector += JournalFormat.SectorBytes)
        {
            byte[] torn = (byte[])files[name].Clone();
            bool isZero = torn.AsSpan(sector, JournalFormat.SectorBytes).IndexOfAnyExcept((byte)0) < 0;
            torn.AsSpan(sector, JournalFormat.SectorBytes).Clear();
            using FileJournal journal = FileJournal.Open(files.Lay(name, torn), new SimulatedChance(2), _buffers, TestOptions.Small);
            Assert.Equal(isZero ? new GroupMark(1, 1) : default, journal.Opening.LastGroup);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_CommittedGroupLost_Refuses(Layout layout)
    {
        SmallJournal journal = Make(layout);
        foreach (InspectedGroup group in journal.Groups.Groups.Take(GroupCount - 1))
        {
            // Zeroed: header only, all of it, everything from there on; and the file cut there.
            byte[] segment = journal.Files[group.File];
            int start = (int)group.Offset;
            int end = (int)(group.Offset + group.Length);
            AssertRefused(journal.Files.Lay(group.File, Zeroed(segment, start, start + JournalFormat.SectorBytes)), layout);
            AssertRefused(journal.Files.Lay(group.File, Zeroed(segment, start, end)), layout);
            AssertRefused(journal.Files.Lay(group.File, Zeroed(segment, start, segment.Length)), layout);
            AssertRefused(journal.Files.Lay(group.File, segment.AsSpan(0, start)), layout);
        }
    }

    [Fact]
    public void Open_SectorOfTheLastGroupLostButTheNextOneWasBegun_Refuses()
    {
        // Nothing of a group is written before the one before it is durable: what stands behind the last group says that it was.
        var disk = new SimulatedDisk(new SimulatedChance(1));
        FileJournal journal = Open(disk, Layout.Mixed);
        journal.Put(_buffers, new BlockKey(TestBlocks.Stream(1), 1, 1), 9000);
        Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(1, 1)));
        string name = JournalFormat.SegmentName(1);
        byte[] whole = DiskCopy.Of(disk)[name];
        journal.Put(_buffers, new BlockKey(TestBlocks.Stream(1), 2, 1), 9000);
        DiskCopy files = DiskCopy.Of(disk);
        disk.DropHandles();

        int lost = (2 * JournalFormat.PageBytes) + JournalFormat.SectorBytes;
        AssertRefused(files.Lay(name, Zeroed(files[name], lost, lost + JournalFormat.SectorBytes)), Layout.Mixed);
        using FileJournal withoutIt = Open(files.Lay(name, Zeroed(whole, lost, lost + JournalFormat.SectorBytes)), Layout.Mixed);
        Assert.Equal(default, withoutIt.Opening.LastGroup);
        using FileJournal intact = Open(files.Lay(), Layout.Mixed);
        Assert.Equal(new GroupMark(1, 1), intact.Opening.LastGroup);
        Assert.True(intact.Opening.TornBytesDropped > 0);
    }

    [Theory]
    [InlineData(JournalFormat.ControlName)]
    [InlineData(JournalFormat.MarkerName)]
    [InlineData("segment-0000000001")]
    public void Open_FileMissing_Refuses(string name)
    {
        SmallJournal journal = Make(Layout.Packed);
        JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(() => Open(journal.Files.Lay(name, isMissing: true), Layout.Packed).Dispose());
        Assert.Equal(name, corrupt.File);
        Assert.Contains("missing", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NewestSegmentMissing_Refuses()
    {
        SmallJournal journal = Make(Layout.Mixed);
        Assert.NotEqual(journal.Groups.Groups[0].File, journal.Groups.Last.File, StringComparer.Ordinal);
        AssertRefused(journal.Files.Lay(journal.Groups.Last.File, isMissing: true), Layout.Mixed);
    }

    private static FileJournalOptions OptionsOf(Layout layout) => layout == Layout.Packed
        ? TestOptions.Small with { LargeBodyBytes = 12_000, SegmentBytes = 1 << 20 }
        : TestOptions.Small;

    private SmallJournal Make(Layout layout) => new(_buffers, OptionsOf(layout));

    private FileJournal Open(SimulatedDisk disk, Layout layout) =>
        FileJournal.Open(disk, new SimulatedChance(3), _buffers, OptionsOf(layout));

    /// <summary>The journal has exactly the first groups, and goes on from there as if nothing had been.</summary>
    private void AssertHolds(SimulatedDisk disk, int groups, Layout layout)
    {
        ulong next = SmallJournal.Beats + 1;
        using (FileJournal journal = Open(disk, layout))
        {
            Assert.Equal(SmallJournal.MarkOf(groups), journal.Opening.LastGroup);
            foreach ((BlockKey key, int length) in SmallJournal.BlocksOf(groups))
            {
                journal.AssertHolds(_buffers, key, length);
            }

            foreach ((BlockKey key, _) in SmallJournal.BlocksOf(GroupCount).Skip(SmallJournal.BlocksOf(groups).Count()))
            {
                Assert.Null(journal.Get(_buffers, key));
            }

            Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, SmallJournal.Commit(next).Key, 5000));
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(next, 1)));
        }

        using FileJournal again = Open(disk, layout);
        Assert.Equal(new GroupMark(next, 1), again.Opening.LastGroup);
        Assert.Equal(0, again.Opening.TornBytesDropped);
        again.AssertHolds(_buffers, SmallJournal.Commit(next).Key, 5000);
    }

    private void AssertRefused(SimulatedDisk disk, Layout layout)
    {
        DiskCopy before = DiskCopy.Of(disk);
        JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(() => Open(disk, layout).Dispose());
        Assert.NotNull(corrupt.File);
        DiskCopy after = DiskCopy.Of(disk);
        Assert.True(before.Names.SequenceEqual(after.Names, StringComparer.Ordinal));
        Assert.All(before.Names, name => Assert.True(before[name].AsSpan().SequenceEqual(after[name]), $"{name} was changed"));
    }

    /// <summary>Every byte of a sector that holds something, a few of one that does not.</summary>
    private static int StepFrom(byte[] bytes, int at)
    {
        int sector = at & -JournalFormat.SectorBytes;
        return bytes.AsSpan(sector, JournalFormat.SectorBytes).IndexOfAnyExcept((byte)0) >= 0 ? 1 : 61;
    }

    private static byte[] WithoutMarkerOf(SmallJournal journal, int group)
    {
        byte[] marker = (byte[])journal.Files[JournalFormat.MarkerName].Clone();
        marker.AsSpan(group % 2 * JournalFormat.PageBytes, JournalFormat.PageBytes).Clear();
        return marker;
    }

    private static byte[] Zeroed(byte[] bytes, int start, int end)
    {
        byte[] zeroed = (byte[])bytes.Clone();
        zeroed.AsSpan(start, end - start).Clear();
        return zeroed;
    }

    private static int LastByteWritten(ReadOnlySpan<byte> bytes) => bytes.LastIndexOfAnyExcept((byte)0);
}
