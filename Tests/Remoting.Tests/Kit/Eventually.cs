using System.Diagnostics;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>Waits for conditions, with a limit that only a failure reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    public static async Task True(Func<bool> condition, string what = "the condition")
    {
        long began = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_limit, $"{what} did not come true");
            await timer.WaitForNextTickAsync();
        }
    }

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(s_limit);

    public static Task Within(Task task) => task.WaitAsync(s_limit);
}
