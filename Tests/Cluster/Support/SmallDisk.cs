using System.Diagnostics;
using System.Globalization;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>
/// A file system of a size that a test chooses, in memory, that can be made larger while it is in use. It needs the right to mount
/// (root, or CAP_SYS_ADMIN in a container); where that is missing the test fails and says so.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TestFolder _mountPoint = new();

    public SmallDisk(int sizeMiB)
    {
        try
        {
            Mount($"size={sizeMiB}m");
        }
        catch
        {
            _mountPoint.Dispose();
            throw;
        }
    }

    /// <summary>A folder on it.</summary>
    public string Data => _mountPoint.In("data");

    /// <summary>The bytes that are free.</summary>
    public long FreeBytes => new DriveInfo(_mountPoint.Path).AvailableFreeSpace;

    public void Resize(int sizeMiB) => Mount($"remount,size={sizeMiB}m");

    public void Dispose()
    {
        Run("umount", "--lazy", _mountPoint.Path);
        _mountPoint.Dispose();
    }

    private void Mount(string options) => Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _mountPoint.Path);

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {error.Trim()}. This test needs the right to mount a tmpfs: run it as root (CAP_SYS_ADMIN)."));
    }
}
