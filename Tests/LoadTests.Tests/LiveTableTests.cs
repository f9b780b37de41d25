using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Runs;

namespace LeitherCluster.Tests.LoadTests;

public sealed class LiveTableTests
{
    private static readonly RunMoment s_moment = new(
        "pulse-million",
        TimeSpan.FromSeconds(62),
        new RunInterval(61, 12_345_678, 12_345_678, 12_345_678, 1_000, 100_000, 1, 20_000),
        new TallyLook(700_000_000, 700_000_000, 700_000_000, 600_000_000, 500_000_000, 900_000, 1_200_000),
        new Dictionary<Outcome, long> { [Outcome.Committed] = 500_000_000, [Outcome.InsufficientFunds] = 100_000_000, [Outcome.Pending] = 1 },
        new RunLatencies(1_000, 100_000, 100_000, 100_000, 100_000, 100_000, 100_000, 100_000),
        61,
        new ObservedPulse(0, 61, 1_000_000, 256, 100, 200, 300, 100_000),
        0.04,
        [new RunEvent(10, "n3 was killed (kill -9)")]);

    [Theory]
    [InlineData(79)]
    [InlineData(40)]
    [InlineData(1)]
    public void Lines_WhateverTheWidth_FitIt(int width)
    {
        var table = new LiveTable();
        for (int interval = 0; interval < 200; interval++)
        {
            IReadOnlyList<string> lines = table.Lines(s_moment, width);
            Assert.True(lines.Count < 24);
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
        }
    }

    [Fact]
    public void Lines_EightyColumns_SayEverything()
    {
        string text = string.Join('\n', new LiveTable().Lines(s_moment, 79));
        Assert.All(
            ["pulse-million", "61 s of 62s", "12,345,678", "Committed 500,000,000", "InsufficientFunds 100,000,000", "99.9 %", "signed after", "4 % by the generator", "20,000 MiB", "n3 was killed"],
            expected => Assert.Contains(expected, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Area_TerminalBecameNarrower_GoesUpAsManyRowsAsTheTerminalMadeOfThem()
    {
        var output = new StringWriter();
        int width = 80;
        var area = new LiveArea(output, () => width);
        area.Draw([new string('x', 79), "short"]);
        width = 40;
        output.GetStringBuilder().Clear();
        area.Draw(["new"]);
        Assert.Contains("\r\e[3A\e[J", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_NoTerminal_IsALineAnIntervalUnderAHead()
    {
        var output = new StringWriter();
        var progress = new RunProgress(output);
        progress.Show(s_moment);
        progress.Show(s_moment);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.DoesNotContain('\e', output.ToString());
        Assert.All(lines, line => Assert.True(line.Length <= 79, line));
    }
}
