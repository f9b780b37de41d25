using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class ReceiversTests
{
    private const int Parties = 1_000;
    private const int Draws = 200_000;
    private const int BranchBits = 4;

    private static readonly Population s_parties = new(Parties);

    [Theory]
    [InlineData(1.1)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Zipf_Draws_FollowTheLaw(double skew)
    {
        int[] counts = Draw(ReceiverPattern.Zipf, skew);
        double all = Enumerable.Range(1, Parties).Sum(rank => Math.Pow(rank, -skew));
        foreach (int rank in new[] { 1, 2, 3, 10, 100 })
        {
            double expected = Draws * Math.Pow(rank, -skew) / all;
            Assert.InRange(counts[rank - 1], expected - (5 * Math.Sqrt(expected)) - 1, expected + (5 * Math.Sqrt(expected)) + 1);
        }
    }

    [Fact]
    public void Uniform_Draws_ReachEverybodyAlike() => Assert.All(Draw(ReceiverPattern.Uniform), count => Assert.InRange(count, 100, 300));

    [Fact]
    public void HotAccount_Draws_AreOne() => Assert.Equal(Draws, Draw(ReceiverPattern.HotAccount)[0]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Branches_OfBothSides_AreTheSameOrNot(bool same)
    {
        var receivers = Receivers.Of(Of(same ? ReceiverPattern.Local : ReceiverPattern.CrossBranch, 1), s_parties.Ids, BranchBits);
        var random = new SplitMix(1);
        for (int sender = 0; sender < Parties; sender++)
        {
            int receiver = receivers.Next(sender, ref random);
            Assert.Equal(same, s_parties[sender].Prefix(BranchBits) == s_parties[receiver].Prefix(BranchBits));
        }
    }

    private static int[] Draw(ReceiverPattern pattern, double skew = 1)
    {
        var receivers = Receivers.Of(Of(pattern, skew), s_parties.Ids, BranchBits);
        var random = new SplitMix(5);
        int[] counts = new int[Parties];
        for (int i = 0; i < Draws; i++)
        {
            counts[receivers.Next(i % Parties, ref random)]++;
        }

        return counts;
    }

    private static Scenario Of(ReceiverPattern pattern, double skew) => new() { Name = "test", Receivers = pattern, Skew = skew, Load = [] };
}
