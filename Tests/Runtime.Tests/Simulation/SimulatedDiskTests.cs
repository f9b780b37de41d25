using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Simulation;

public sealed class SimulatedDiskTests
{
    private const int Sector = 512;

    private static SimulatedDisk NewDisk(ulong seed = 1, long capacity = long.MaxValue) => new(new SimulatedChance(seed), capacity);

    private static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    private static byte[] ReadAll(SimulatedDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    private static void WriteDurably(SimulatedDisk disk, string name, byte[] bytes)
    {
        using IDiskFile file = disk.Open(name, DiskOpen.CreateNew);
        file.Write(0, bytes);
        file.Sync();
        disk.SyncDirectory();
    }

    [Fact]
    public void Read_SeesWhatWasWrittenAndZerosElsewhere()
    {
        SimulatedDisk disk = NewDisk();
        using IDiskFile file = disk.Open("f", DiskOpen.CreateNew);
        file.Write(40_000, [1, 2, 3]);
        byte[] into = new byte[10];
        Assert.Equal(8, file.Read(39_995, into));
        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 3, 0, 0], into);
        Assert.Equal(0, file.Read(50_000, into));
        file.Truncate(40_001);
        file.Truncate(40_010);
        Assert.Equal(8, file.Read(40_000, into.AsSpan(0, 8)));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], into[..8]);
    }

    [Fact]
    public void LosePower_SyncedContentAndNames_Stay()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimulatedDisk disk = NewDisk(seed);
            byte[] bytes = Filled(10_000, 7);
            WriteDurably(disk, "f", bytes);
            disk.LosePower();
            Assert.Equal(bytes, ReadAll(disk, "f"));
        }
    }

    [Fact]
    public void LosePower_UnsyncedSectors_SurviveWholeOrNotAtAll()
    {
        HashSet<string> outcomes = [];
        for (ulong seed = 1; seed <= 100; seed++)
        {
            SimulatedDisk disk = NewDisk(seed);
            WriteDurably(disk, "f", Filled(4 * Sector, 1));
            using (IDiskFile file = disk.Open("f", DiskOpen.Existing))
            {
                file.Write(0, Filled(4 * Sector, 2));
            }

            disk.LosePower();
            byte[] bytes = ReadAll(disk, "f");
            Assert.Equal(4 * Sector, bytes.Length);
            foreach (byte[] sector in bytes.Chunk(Sector))
            {
                Assert.Single(sector.Distinct());
            }

            outcomes.Add(string.Concat(bytes.Chunk(Sector).Select(s => s[0])));
        }

        Assert.Contains("1111", outcomes);
        Assert.Contains("2222", outcomes);
        Assert.Contains("2211", outcomes);
        Assert.Contains(outcomes, o => o.Contains("12", StringComparison.Ordinal));
    }

    [Fact]
    public void LosePower_UnsyncedLength_IsOldOrNew()
    {
        HashSet<int> lengths = [];
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulatedDisk disk = NewDisk(seed);
            WriteDurably(disk, "f", Filled(100, 1));
            using (IDiskFile file = disk.Open("f", DiskOpen.Existing))
            {
                file.Write(100, Filled(2_000, 2));
            }

            disk.LosePower();
            byte[] bytes = ReadAll(disk, "f");
            lengths.Add(bytes.Length);
            Assert.All(bytes.Skip(Sector), b => Assert.True(b is 0 or 2));
        }

        Assert.Equal(new[] { 100, 2_100 }, lengths.Order());
    }

    [Fact]
    public void LosePower_UnsyncedNames_SurviveInTheirOrder()
    {
        HashSet<string> outcomes = [];
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulatedDisk disk = NewDisk(seed);
            WriteDurably(disk, "old", [1]);
            disk.Open("a", DiskOpen.CreateNew).Dispose();
            disk.Rename("a", "b");
            disk.Delete("old");
            disk.LosePower();
            outcomes.Add(string.Join(' ', disk.List()));
        }

        Assert.Equal("a old, b, b old, old", string.Join(", ", outcomes.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void LosePower_OpenFiles_BecomeUseless()
    {
        SimulatedDisk disk = NewDisk();
        WriteDurably(disk, "f", [1]);
        using IDiskFile file = disk.Open("f", DiskOpen.Existing);
        disk.LosePower();
        Assert.Throws<DiskFailedException>(() => file.Write(0, [1]));
        Assert.Throws<DiskFailedException>(() => file.Length);
    }

    [Fact]
    public void DropHandles_TheProcessGoes_NothingWrittenIsLost()
    {
        SimulatedDisk disk = NewDisk();
        IDiskFile file = disk.Open("f", DiskOpen.CreateNew);
        file.Write(0, [1, 2, 3]);
        disk.DropHandles();
        Assert.Throws<DiskFailedException>(file.Sync);
        Assert.Equal([1, 2, 3], ReadAll(disk, "f"));
    }

    [Fact]
    public void Sync_Failing_LosesContentThatReadsStillSee()
    {
        HashSet<byte> afterPowerLoss = [];
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulatedDisk disk = NewDisk(seed);
            WriteDurably(disk, "f", Filled(Sector, 1));
            using (IDiskFile file = disk.Open("f", DiskOpen.Existing))
            {
                file.Write(0, Filled(Sector, 2));
                disk.SyncsToFail = 1;
                Assert.Throws<DiskFailedException>(file.Sync);
                file.Sync();
            }

            Assert.Equal(2, ReadAll(disk, "f")[0]);
            disk.LosePower();
            afterPowerLoss.Add(ReadAll(disk, "f")[0]);
        }

        Assert.Equal(new byte[] { 1, 2 }, afterPowerLoss.Order());
    }

    [Fact]
    public void Full_PreallocatedRoomStaysUsable()
    {
        SimulatedDisk disk = NewDisk(capacity: 10_000);
        using IDiskFile file = disk.Open("f", DiskOpen.CreateNew, 8_192);
        Assert.Equal(8_192, file.Length);
        Assert.Equal(1_808, disk.FreeBytes);
        disk.IsFull = true;
        file.Write(8_000, Filled(192, 1));
        Assert.Throws<DiskFullException>(() => file.Write(8_000, Filled(193, 1)));
        Assert.Throws<DiskFullException>(() => disk.Open("g", DiskOpen.CreateNew, 1));
        Assert.False(disk.Exists("g"));
        disk.IsFull = false;
        file.Write(8_000, Filled(193, 1));
        Assert.Throws<DiskFullException>(() => file.Write(10_000, [1]));
    }

    [Fact]
    public void FaultsOnOrder_HitTheNextOperations()
    {
        SimulatedDisk disk = NewDisk();
        List<string> faults = [];
        disk.OnFault = (fault, operation, file) => faults.Add($"{fault} {operation} {file}");
        using IDiskFile file = disk.Open("f", DiskOpen.CreateNew);
        disk.ReadsToFail = 1;
        disk.WritesToFail = 1;
        Assert.Throws<DiskFailedException>(() => file.Read(0, new byte[1]));
        Assert.Throws<DiskFailedException>(() => file.Write(0, [1]));
        file.Write(0, [1]);
        Assert.Equal(1, file.Read(0, new byte[1]));
        Assert.Equal(["read failed Read f", "write failed Write f"], faults);
    }

    [Fact]
    public void FlipBit_ChangesWhatIsReadNowAndAfterAPowerLoss()
    {
        SimulatedDisk disk = NewDisk();
        WriteDurably(disk, "f", Filled(1_000, 0));
        disk.FlipBit("f", 700, 3);
        Assert.Equal(8, ReadAll(disk, "f")[700]);
        disk.LosePower();
        Assert.Equal(8, ReadAll(disk, "f")[700]);
        Assert.Throws<ArgumentOutOfRangeException>(() => disk.FlipBit("f", 1_000, 0));
    }

    [Fact]
    public unsafe void WriteAligned_OtherThanWholePages_Throws()
    {
        SimulatedDisk disk = NewDisk();
        using IDiskFile file = disk.Open("f", DiskOpen.CreateNew);
        using JournalBufferPool pool = new(1 << 20);
        JournalBuffer buffer = pool.Rent(4096);
        buffer.Extend(4096).Fill(9);
        file.WriteAligned(4096, buffer.Pointer, 4096);
        Assert.Equal(8_192, file.Length);
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => file.WriteAligned(512, buffer.Pointer, 4096));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => file.WriteAligned(0, buffer.Pointer, 512));
        Assert.Throws<ArgumentOutOfRangeException>("data", () => file.WriteAligned(0, buffer.Pointer + 8, 4096));
    }

    [Fact]
    public void Open_ByMode_DemandsPresenceOrAbsence()
    {
        SimulatedDisk disk = NewDisk();
        Assert.Throws<DiskFailedException>(() => disk.Open("f", DiskOpen.Existing));
        disk.Open("f", DiskOpen.CreateNew).Dispose();
        Assert.Throws<DiskFailedException>(() => disk.Open("f", DiskOpen.CreateNew));
        using IDiskFile file = disk.Open("f", DiskOpen.ReadOnly);
        Assert.Throws<InvalidOperationException>(() => file.Write(0, [1]));
    }
}
