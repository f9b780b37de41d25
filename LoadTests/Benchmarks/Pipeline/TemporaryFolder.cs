namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>A folder of its own, removed with all that is in it, with the process at the latest.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int AttemptsMax = 20;

    private static readonly TimeSpan s_betweenAttempts = TimeSpan.FromMilliseconds(50);
    private static readonly HashSet<TemporaryFolder> s_all = [];
    private static volatile bool s_isEnding;

    /// <param name="under">Where it is made; null: in the system's temporary folder.</param>
    public TemporaryFolder(string? under)
    {
        string parent = under is null ? System.IO.Path.GetTempPath() : Directory.CreateDirectory(under).FullName;
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, System.IO.Path.GetRandomFileName())).FullName;
        lock (s_all)
        {
            s_all.Add(this);
        }
    }

    public string Path { get; }

    /// <summary>From now on whoever is done with one waits for the end of the process, whose servers may still need it.</summary>
    public static void LeaveAllToTheEnd() => s_isEnding = true;

    /// <summary>Removes all that there are, though they may be in use: for a process that ends in the middle of its work.</summary>
    public static void RemoveAll()
    {
        lock (s_all)
        {
            foreach (TemporaryFolder folder in s_all)
            {
                folder.RemoveInUse();
            }
        }
    }

    public void Dispose()
    {
        if (s_isEnding)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        lock (s_all)
        {
            s_all.Remove(this);
        }

        Directory.Delete(Path, recursive: true);
    }

    // Whoever still writes may make a file while the folder is emptied.
    private void RemoveInUse()
    {
        for (int attempt = 0; attempt < AttemptsMax && Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(s_betweenAttempts);
            }
        }
    }
}
