using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed unsafe class StandingCacheTests
{
    private const int EntryBytes = FrameLayout.StandingAcceptanceBytes;
    private const int Places = 1 << 12;

    [Fact]
    public void Contains_OneBitOther_IsFalse()
    {
        var cache = new StandingCache(Places);
        byte[] acceptance = Acceptances(1)[0];
        Add(cache, acceptance);
        Assert.True(Contains(cache, acceptance));
        for (int bit = 0; bit < EntryBytes * 8; bit++)
        {
            acceptance[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Contains(cache, acceptance), $"bit {bit}");
            acceptance[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Contains_AFourthOfThePlacesTaken_FindsAllButOneInAThousand()
    {
        var cache = new StandingCache(Places);
        byte[][] acceptances = Acceptances(Places / 4);
        foreach (byte[] acceptance in acceptances)
        {
            Add(cache, acceptance);
        }

        Assert.InRange(acceptances.Count(acceptance => Contains(cache, acceptance)), acceptances.Length - (acceptances.Length / 1_000), acceptances.Length);
    }

    [Fact]
    public void Add_MoreThanThereIsRoomFor_KeepsTheNewestOfEverySet()
    {
        var cache = new StandingCache(Places);
        byte[][] acceptances = Acceptances(8 * Places);
        foreach (byte[] acceptance in acceptances)
        {
            Add(cache, acceptance);
        }

        Assert.True(Contains(cache, acceptances[^1]));
        Assert.Equal(Places, acceptances.Count(acceptance => Contains(cache, acceptance)));
    }

    [Fact]
    public void Add_TheSameTwice_TakesOnePlace()
    {
        var cache = new StandingCache(1);
        byte[][] acceptances = Acceptances(2);
        Add(cache, acceptances[0]);
        for (int i = 0; i < 100; i++)
        {
            Add(cache, acceptances[1]);
        }

        Assert.True(Contains(cache, acceptances[0]));
    }

    private static byte[][] Acceptances(int count)
    {
        var random = new Random(1);
        var acceptances = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            acceptances[i] = new byte[EntryBytes];
            random.NextBytes(acceptances[i]);
        }

        return acceptances;
    }

    private static void Add(StandingCache cache, byte[] acceptance)
    {
        fixed (byte* start = acceptance)
        {
            cache.Add(start);
        }
    }

    private static bool Contains(StandingCache cache, byte[] acceptance)
    {
        fixed (byte* start = acceptance)
        {
            return cache.Contains(start);
        }
    }
}
