using System.Globalization;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>How long the threads of a process have had a core, by their names as the system knows them (Linux only).</summary>
internal sealed class ThreadTimes
{
    private readonly Dictionary<int, (string Name, long Nanoseconds)> _threads;

    private ThreadTimes(Dictionary<int, (string Name, long Nanoseconds)> threads) => _threads = threads;

    /// <summary>The threads of this process that there are now.</summary>
    public static ThreadTimes Now() => Of(Environment.ProcessId);

    /// <summary>The threads of a process that there are now.</summary>
    public static ThreadTimes Of(int process)
    {
        var threads = new Dictionary<int, (string Name, long Nanoseconds)>();
        foreach (string folder in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(folder, "comm")).Trim();
                string ran = File.ReadAllText(Path.Combine(folder, "schedstat")).Split(' ')[0];
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = (name, long.Parse(ran, CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return new ThreadTimes(threads);
    }

    /// <summary>Nanoseconds since an earlier look, by name, the longest first.</summary>
    public IReadOnlyList<(string Name, long Nanoseconds)> Since(ThreadTimes earlier) =>
    [
        .. _threads
            .GroupBy(
                thread => thread.Value.Name,
                thread => thread.Value.Nanoseconds - earlier._threads.GetValueOrDefault(thread.Key).Nanoseconds,
                StringComparer.Ordinal)
            .Select(group => (group.Key, group.Sum()))
            .OrderByDescending(group => group.Item2),
    ];
}
