using System.Runtime.InteropServices;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Disks;

public sealed unsafe class PosixDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PosixDisk _disk;

    public PosixDiskTests() => _disk = PosixDisk.Open(_folder.Path);

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Open_FolderInUse_IsRefusedByName()
    {
        DataFolderInUseException inUse = Assert.Throws<DataFolderInUseException>(() => PosixDisk.Open(_folder.Path));
        Assert.Equal(_folder.Path, inUse.Folder);
        Assert.Contains(_folder.Path, inUse.Message, StringComparison.Ordinal);
        _disk.Dispose();
        PosixDisk.Open(_folder.Path).Dispose();
    }

    [Fact]
    public void Open_NewFolder_IsMadeForItsOwnerOnly()
    {
        string path = Path.Combine(_folder.Path, "a", "b");
        using PosixDisk disk = PosixDisk.Open(path);
        Assert.True(Directory.Exists(path));
        Assert.Empty(disk.List());
        Assert.True(disk.FreeBytes > 0);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Names_MadeRenamedDeleted_AreListedInOrder()
    {
        foreach (string name in (string[])["b", "a", "C"])
        {
            _disk.Open(name, DiskOpen.CreateNew).Dispose();
        }

        Assert.Equal(["C", "a", "b"], _disk.List());
        _disk.Rename("a", "b");
        _disk.Delete("C");
        _disk.Delete("never was");
        _disk.SyncDirectory();
        Assert.Equal(["b"], _disk.List());
        Assert.True(_disk.Exists("b"));
        Assert.False(_disk.Exists("a"));
        Assert.Throws<ArgumentException>(() => _disk.Exists("../b"));
    }

    [Fact]
    public void Open_WrongPresence_Fails()
    {
        Assert.Throws<DiskFailedException>(() => _disk.Open("a", DiskOpen.Existing));
        Assert.Throws<DiskFailedException>(() => _disk.Open("a", DiskOpen.ReadOnly));
        _disk.Open("a", DiskOpen.CreateNew).Dispose();
        Assert.Throws<DiskFailedException>(() => _disk.Open("a", DiskOpen.CreateNew));
        Assert.Throws<DiskFailedException>(() => _disk.Rename("x", "y"));
    }

    [Fact]
    public void ReadAndWrite_AlignedAndNot_SeeEachOther()
    {
        const int Page = JournalBuffer.Alignment;
        byte* memory = (byte*)NativeMemory.AlignedAlloc(8 * Page, Page);
        try
        {
            var pages = new Span<byte>(memory, 8 * Page);
            TestBlocks.Fill(pages, 3);
            byte[] expected = pages.ToArray();
            using IDiskFile file = _disk.Open("a", DiskOpen.CreateNew, 16 * Page);
            Assert.Equal(16 * Page, file.Length);
            file.WriteAligned(Page, memory, 8 * Page);
            file.Write(100, [1, 2, 3]);
            file.Write((2 * Page) + 5, [7, 7]);
            file.Sync();
            expected[Page + 5] = expected[Page + 6] = 7;

            pages.Clear();
            Assert.Equal(8 * Page, file.Read(Page, pages));
            Assert.True(pages.SequenceEqual(expected));
            byte[] odd = new byte[5000];
            Assert.Equal(odd.Length, file.Read(Page + 33, odd));
            Assert.True(odd.AsSpan().SequenceEqual(expected.AsSpan(33, 5000)));
            Assert.Equal(3, file.Read(100, odd.AsSpan(0, 3)));
            Assert.Equal([1, 2, 3], odd[..3]);

            // Behind what was written there are zeros, and then nothing.
            Assert.Equal(7 * Page, file.Read(9 * Page, pages));
            Assert.True(pages[..(7 * Page)].IndexOfAnyExcept((byte)0) < 0);
            Assert.Equal(0, file.Read(16 * Page, pages));
            Assert.Equal(10, file.Read((16 * Page) - 10, odd));
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void WriteAligned_NotAligned_Throws()
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(8192, 4096);
        using IDiskFile file = _disk.Open("a", DiskOpen.CreateNew);
        Assert.Throws<ArgumentException>(() => file.WriteAligned(1, memory, 4096));
        Assert.Throws<ArgumentException>(() => file.WriteAligned(0, memory + 1, 4096));
        Assert.Throws<ArgumentException>(() => file.WriteAligned(0, memory, 4095));
        NativeMemory.AlignedFree(memory);
    }

    [Fact]
    public void TruncateAndReserve_ReadAsZeros()
    {
        using IDiskFile file = _disk.Open("a", DiskOpen.CreateNew);
        file.Write(0, Enumerable.Repeat((byte)9, 10_000).ToArray());
        file.Truncate(5000);
        file.Reserve(20_000);
        Assert.True(file.Length >= 20_000);
        byte[] bytes = new byte[20_000];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        Assert.True(bytes.AsSpan(0, 5000).IndexOfAnyExcept((byte)9) < 0);
        Assert.True(bytes.AsSpan(5000).IndexOfAnyExcept((byte)0) < 0);
        file.Reserve(100);
        Assert.True(file.Length >= 20_000);
    }

    [Fact]
    public void Reserve_MoreThanTheDiskHas_IsFull()
    {
        Assert.Throws<DiskFullException>(() => _disk.Open("a", DiskOpen.CreateNew, 1L << 50).Dispose());
        Assert.False(_disk.Exists("a"));
        using IDiskFile file = _disk.Open("b", DiskOpen.CreateNew);
        Assert.Throws<DiskFullException>(() => file.Reserve(1L << 50));
        file.Write(0, [1]);
    }
}
