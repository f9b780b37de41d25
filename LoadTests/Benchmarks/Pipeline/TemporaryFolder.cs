namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>A folder of its own, removed with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="under">Where it is made; null: in the system's temporary folder.</param>
    public TemporaryFolder(string? under)
    {
        string parent = under is null ? System.IO.Path.GetTempPath() : Directory.CreateDirectory(under).FullName;
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, System.IO.Path.GetRandomFileName())).FullName;
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
