using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.FrontDoor;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class GeneratorTests
{
    [Fact]
    public void Histograms_MergedFromTheirParts_AreOneOfAllValues()
    {
        var random = new Random(1);
        var whole = new LatencyHistogram();
        var merged = new LatencyHistogram();
        for (int generator = 0; generator < 3; generator++)
        {
            var part = new LatencyHistogram();
            for (int i = 0; i < 10_000; i++)
            {
                // The third is slow: averages of percentiles would hide it.
                var latency = TimeSpan.FromMicroseconds(random.Next(1, 1_000 * (generator == 2 ? 1_000 : 10)));
                whole.Add(latency, i % 3);
                part.Add(latency, i % 3);
            }

            merged.Add(GeneratorProtocol.Read<HistogramPart>(GeneratorProtocol.Write(part.ToPart())));
        }

        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.MaxUs, merged.MaxUs);
        Assert.Equal(whole.MeanUs, merged.MeanUs, precision: 3);
        Assert.All([0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1], part => Assert.Equal(whole.PercentileUs(part), merged.PercentileUs(part)));
    }

    [Fact]
    public void Tallies_AddedUpFromParts_CountEachAnswerOnce()
    {
        var one = new LoadTally(1);
        var sum = new LoadTally(1);
        one.NoteSent(10, isLate: false);
        one.NoteAnswered(Outcome.Committed, 6, TimeSpan.FromMilliseconds(5));
        sum.Add(one.TakePart());
        one.NoteUnsent(3);
        one.NoteAnswered(Outcome.Committed, 3, TimeSpan.FromMilliseconds(7));
        one.NoteAnswered(Outcome.InsufficientFunds, 1, TimeSpan.Zero);
        sum.Add(one.TakePart());
        sum.Add(one.TakePart());
        TallyLook look = sum.Look();
        Assert.Equal((13, 10, 3, 10, 9), (look.Scheduled, look.Sent, look.Late, look.Answered, look.Committed));
        Assert.Equal(9, sum.Outcomes[Outcome.Committed]);
        Assert.Equal(1, sum.Outcomes[Outcome.InsufficientFunds]);
        Assert.Equal(9, sum.Latencies.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void ClosedSimulations_SharedOut_AddUpToTheWhole(int count)
    {
        LoadSimulation[] load = [new LoadSimulation.KeepConstant(5, TimeSpan.FromSeconds(1)), new LoadSimulation.RampingConstant(20, TimeSpan.FromSeconds(2)), new LoadSimulation.Inject(100, TimeSpan.FromSeconds(3))];
        IReadOnlyList<LoadSimulation>[] shares = [.. Enumerable.Range(0, count).Select(index => GeneratorFleet.ShareOf(load, index, count))];
        Assert.Equal(5, shares.Sum(share => ((LoadSimulation.KeepConstant)share[0]).Copies));
        Assert.Equal(20, shares.Sum(share => ((LoadSimulation.RampingConstant)share[1]).Copies));
        Assert.All(shares, share => Assert.Equal(load[2], share[2]));
    }

    [Fact]
    public void Order_WrittenAndRead_IsTheSame()
    {
        LoadSimulation[] load =
        [
            new LoadSimulation.Inject(1.5, TimeSpan.FromSeconds(1)), new LoadSimulation.InjectRandom(1, 2, TimeSpan.FromSeconds(2)), new LoadSimulation.RampingInject(3, TimeSpan.FromSeconds(3)),
            new LoadSimulation.IterationsForInject(4, 40), new LoadSimulation.KeepConstant(5, TimeSpan.FromSeconds(5)), new LoadSimulation.RampingConstant(6, TimeSpan.FromSeconds(6)), new LoadSimulation.Pause(TimeSpan.FromSeconds(7)),
        ];
        GeneratorOrder read = GeneratorProtocol.Read<GeneratorOrder>(GeneratorProtocol.Write(new GeneratorOrder(GeneratorTask.Load, load, 1, 2, 3, 4)));
        Assert.Equal(load, read.Simulations!);
        Assert.Equal((GeneratorTask.Load, 1, 2, 3, 4), (read.Task, read.FirstBatch, read.EndBatch, read.UnderWayMax, read.StartTicks));
    }
}
