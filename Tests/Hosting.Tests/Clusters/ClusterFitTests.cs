using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Persistence.PostgreSql.Clusters;

namespace LeitherCluster.Tests.Hosting.Clusters;

/// <summary>A node that does not fit the cluster of its database is told what to do, before it stands among the members.</summary>
public sealed class ClusterFitTests
{
    private const long NowMs = 1_800_000_000_000;
    private const long HourMs = 3_600_000;

    private static readonly string s_authority = new('a', 64);
    private static readonly ClusterNamed s_named = new("seed", s_authority, NowMs);

    [Fact]
    public void Node_OfTheCluster_Fits() => Assert.Null(ClusterFit.ProblemOf(s_named, "seed", s_authority, NowMs + ClusterFit.ClockDifferenceMaxMs));

    [Fact]
    public void Node_OfAnotherCluster_IsToldItsName() =>
        Assert.Contains("--cluster seed", ClusterFit.ProblemOf(s_named, "other", s_authority, NowMs), StringComparison.Ordinal);

    [Fact]
    public void Node_OfAnotherAuthority_IsToldWhoIssues() =>
        Assert.Contains("another authority", ClusterFit.ProblemOf(s_named, "seed", new string('b', 64), NowMs), StringComparison.Ordinal);

    [Theory]
    [InlineData(HourMs, "3600 s ahead of")]
    [InlineData(-HourMs, "3600 s behind")]
    public void Node_WhoseClockIsAnHourOff_IsToldByHowMuch(long offMs, string said) =>
        Assert.Contains(said, ClusterFit.ProblemOf(s_named, "seed", s_authority, NowMs + offMs), StringComparison.Ordinal);
}
