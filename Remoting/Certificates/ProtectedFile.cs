namespace LeitherCluster.Remoting.Certificates;

/// <summary>Files that only their owner may read, and that are whole whenever they are there.</summary>
internal static class ProtectedFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes a folder that only its owner may enter, if it is not there.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
        }
    }

    /// <summary>Writes a file beside its place, forces it to disk and moves it there.</summary>
    /// <exception cref="IOException">The disk refused, or the file is there and may not be replaced.</exception>
    public static void Write(string path, string text, bool replace = false)
    {
        string unfinished = $"{path}.{Environment.ProcessId}.new";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream stream = new(unfinished, options))
            using (StreamWriter writer = new(stream))
            {
                writer.Write(text);
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, replace);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
