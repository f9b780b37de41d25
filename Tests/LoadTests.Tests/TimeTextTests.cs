using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(250, "250ms")]
    [InlineData(1_500, "1.5s")]
    [InlineData(62_000, "62s")]
    [InlineData(60_000, "1m")]
    [InlineData(1_800_000, "30m")]
    [InlineData(5_400_000, "90m")]
    [InlineData(7_200_000, "2h")]
    public void Format_Times_AreInTheLargestUnitThatReadsWellAndReadBack(int ms, string text)
    {
        TimeSpan time = TimeSpan.FromMilliseconds(ms);

        Assert.Equal(text, TimeText.Format(time));
        Assert.True(TimeText.TryParse(text, out TimeSpan read));
        Assert.Equal(time, read);
    }
}
