using LeitherCluster.Hosting.Operators.Logs;
using Microsoft.Extensions.Logging;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class LogRingTests
{
    [Fact]
    public void After_MoreThanItKeeps_HasTheNewestWithTheirNumbers()
    {
        using var ring = new LogRing(TimeProvider.System);
        ILogger log = ring.CreateLogger("A.B.Source");
        for (int i = 1; i <= LogRing.LineCountMax + 10; i++)
        {
            log.Log(LogLevel.Information, default, i, null, static (number, _) => $"line {number}");
        }

        IReadOnlyList<LogRecord> all = ring.After(0, LogLevel.Information, int.MaxValue);

        Assert.Equal(LogRing.LineCountMax, all.Count);
        Assert.Equal((11, "line 11", "Source"), (all[0].Number, all[0].Text, all[0].Source));
        Assert.Equal(["line 2009", "line 2010"], ring.After(0, LogLevel.Information, 2).Select(line => line.Text));
        Assert.Equal(["line 2010"], ring.After(2_009, LogLevel.Information, 5).Select(line => line.Text));
    }

    [Fact]
    public void After_ALevel_LeavesOutLowerOnes()
    {
        using var ring = new LogRing(TimeProvider.System);
        ILogger log = ring.CreateLogger("Source");
        foreach (LogLevel level in new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error })
        {
            log.Log(level, default, level, level == LogLevel.Error ? new InvalidOperationException("why") : null, static (each, _) => $"{each}");
        }

        Assert.Equal(["Warning", "Error (InvalidOperationException: why)"], ring.After(0, LogLevel.Warning, 10).Select(line => line.Text));
        Assert.Equal(3, ring.After(0, LogLevel.Information, 10).Count);
    }
}
