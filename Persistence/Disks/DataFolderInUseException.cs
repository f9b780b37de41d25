namespace LeitherCluster.Persistence.Disks;

/// <summary>Another process has the data folder open.</summary>
public sealed class DataFolderInUseException(string folder, Exception? inner = null)
    : IOException($"The data folder {folder} is in use by another process: only one node may run on it", inner)
{
    /// <summary>The folder, in full.</summary>
    public string Folder { get; } = folder;
}
