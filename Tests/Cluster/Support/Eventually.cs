namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>Waits for a condition, looking often, up to a limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    /// <summary>The first value that meets the condition.</summary>
    /// <exception cref="TimeoutException">None did in time; the message has the last.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T>> look, Func<T, bool> isMet, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        using var looks = new PeriodicTimer(Between);
        while (true)
        {
            T seen = await look();
            if (isMet(seen))
            {
                return seen;
            }

            try
            {
                await looks.WaitForNextTickAsync(stop.Token);
            }
            catch (OperationCanceledException late)
            {
                throw new TimeoutException($"Not met in {limit.TotalSeconds} s; the last was {seen}", late);
            }
        }
    }
}
