namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>A folder of its own, removed with all that is in it, with the process at the latest.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly Lock _ending = new();

    /// <param name="under">Where it is made; null: in the system's temporary folder.</param>
    public TemporaryFolder(string? under)
    {
        string parent = under is null ? System.IO.Path.GetTempPath() : Directory.CreateDirectory(under).FullName;
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, System.IO.Path.GetRandomFileName())).FullName;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public string Path { get; }

    public void Dispose()
    {
        lock (_ending)
        {
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            if (Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
