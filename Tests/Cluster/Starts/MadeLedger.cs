using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Starts;

/// <summary>A demonstration ledger, made once, of which tests take copies.</summary>
public sealed class MadeLedger : IAsyncLifetime, IDisposable
{
    private static readonly string[] Folders = ["", "journal"];

    private readonly TestFolder _folder = new();

    /// <summary>Copies the stopped ledger's files.</summary>
    public void CopyTo(string folder)
    {
        foreach (string name in Folders)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            foreach (string file in Directory.EnumerateFiles(_folder.In(name)))
            {
                File.Copy(file, Path.Combine(folder, name, Path.GetFileName(file)));
            }
        }
    }

    public async Task InitializeAsync()
    {
        await using NodeProcess node = NodeProcess.StartDev(_folder.Path);
        await node.WhenListeningAsync();
        await node.StopAsync(PosixSignalNumber.Terminate);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}
