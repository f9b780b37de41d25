using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>A node that crashes at every operation of its disk, in every manner: nothing acknowledged is lost, nothing is there by half.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly JournalBufferPool _buffers = new(64L << 20);

    public enum Crash
    {
        /// <summary>The process goes; what it wrote stays, also what was not synced.</summary>
        Killed,

        /// <summary>The power goes; what was not synced stays in part.</summary>
        PowerLost,
    }

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Theory]
    [InlineData(Crash.Killed, true, 1)]
    [InlineData(Crash.Killed, false, 2)]
    [InlineData(Crash.PowerLost, true, 3)]
    [InlineData(Crash.PowerLost, false, 4)]
    [InlineData(Crash.PowerLost, false, 5)]
    public void Run_CrashedAtEveryOperation_LosesNothingAcknowledged(Crash crash, bool isBefore, ulong seed)
    {
        int operations = CountOperations();
        for (int at = 0; at < operations; at++)
        {
            var chance = new SimulatedChance((seed * 100_000) + (ulong)at);
            var disk = new SimulatedDisk(chance.Fork());
            var node = new ScriptedNode(_buffers, TestOptions.Small);
            Assert.True(CrashesAt(disk, disk, node, at, isBefore, crash));

            // And now and then once more, soon after: in the middle of the recovery, or just behind it.
            if (chance.Hits(0.7))
            {
                CrashesAt(disk, disk, node, (int)chance.Next(60), isBefore, chance.Hits(0.5) ? Crash.Killed : Crash.PowerLost);
            }

            node.Run(disk);
        }
    }

    [Fact]
    public void Run_OnDiskThatIgnoresSyncs_IsCaught()
    {
        int caught = 0;
        for (int at = 0; at < 60; at++)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)at));
            var lying = new UnsyncedDisk(disk);
            var node = new ScriptedNode(_buffers, TestOptions.Small);
            try
            {
                CrashesAt(lying, disk, node, 100 + at, isBefore: true, Crash.PowerLost);
                node.Run(lying);
            }
            catch (Exception found) when (found is JournalCorruptException or Xunit.Sdk.XunitException or DiskFailedException)
            {
                caught++;
            }
        }

        Assert.True(caught > 30, $"Only {caught} of 60 losses were noticed");
    }

    private int CountOperations()
    {
        int count = 0;
        var disk = new SimulatedDisk(new SimulatedChance(1)) { BeforeOperation = (_, _) => count++ };
        new ScriptedNode(_buffers, TestOptions.Small).Run(disk);
        Assert.True(count > 200);
        return count;
    }

    /// <summary>Runs the node until its disk has begun (or done) that many operations; false when it got to its end before.</summary>
    private static bool CrashesAt(IDisk seen, SimulatedDisk disk, ScriptedNode node, int at, bool isBefore, Crash crash)
    {
        int count = 0;
        void Count(DiskOperation operation, string name)
        {
            if (count++ == at)
            {
                throw new CrashException();
            }
        }

        disk.BeforeOperation = isBefore ? Count : null;
        disk.AfterOperation = isBefore ? null : Count;
        try
        {
            node.Run(seen);
            return false;
        }
        catch (CrashException)
        {
            return true;
        }
        finally
        {
            disk.BeforeOperation = null;
            disk.AfterOperation = null;
            if (crash == Crash.PowerLost)
            {
                disk.LosePower();
            }
            else
            {
                disk.DropHandles();
            }
        }
    }

    private sealed class CrashException() : Exception("The node crashed here");
}
