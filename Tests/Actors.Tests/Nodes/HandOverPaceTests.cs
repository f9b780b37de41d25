using LeitherCluster.Actors.Nodes;

namespace LeitherCluster.Tests.Actors.Nodes;

public sealed class HandOverPaceTests
{
    [Fact]
    public void Note_HandOversThatAreQuick_TwiceAsManyEachTimeUpToTheMost()
    {
        var pace = new HandOverPace();
        Assert.Equal(HandOverPace.First, pace.MovesAtOnce);

        int[] seen = [.. Enumerable.Range(0, 4).Select(_ => After(pace, HandOverPace.Quick - TimeSpan.FromMilliseconds(1)))];

        Assert.Equal([64, 128, 128, 128], seen);
    }

    [Fact]
    public void Note_HandOversThatAreSlow_HalfAsManyEachTimeDownToTheLeast()
    {
        var pace = new HandOverPace();

        int[] seen = [.. Enumerable.Range(0, 4).Select(_ => After(pace, HandOverPace.Slow + TimeSpan.FromMilliseconds(1)))];

        Assert.Equal([16, 8, 8, 8], seen);
    }

    [Fact]
    public void Note_HandOversThatAreNeither_AsManyAsBefore()
    {
        var pace = new HandOverPace();

        Assert.Equal(HandOverPace.First, After(pace, HandOverPace.Quick));
        Assert.Equal(HandOverPace.First, After(pace, HandOverPace.Slow));
    }

    // A beat may end before its time: the cost is then less than nothing.
    [Fact]
    public void Note_CostsLessThanNothing_IsQuick() => Assert.Equal(2 * HandOverPace.First, After(new HandOverPace(), TimeSpan.FromSeconds(-1)));

    private static int After(HandOverPace pace, TimeSpan cost)
    {
        pace.Note(cost);
        return pace.MovesAtOnce;
    }
}
