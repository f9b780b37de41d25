using System.Diagnostics;
using System.Globalization;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Devnet;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Devnet;

/// <summary>A server for one folder, however the one before it ended.</summary>
public sealed class PrivateServerTests : IDisposable
{
    private const string Database = "kept";

    private readonly TestFolder _folder = new();

    private string Folder => _folder["pg"];

    private string LockFile => Path.Combine(Folder, "data", "postmaster.pid");

    public PrivateServerTests()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Started by root, the server runs as another user.
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Start_AfterWhateverBecameOfTheOneBefore_GoesOnWithWhatItHeld()
    {
        using (PrivateServer first = Start())
        {
            Assert.True(Make(first));

            // As after the starter was killed.
            using PrivateServer takenOver = Start();
            Assert.False(Make(takenOver));
            takenOver.Dispose();
            Assert.False(File.Exists(LockFile));
        }

        PrivateServer killed = Start();
        int victim = ServerProcess();
        using (Process process = Process.GetProcessById(victim))
        {
            process.Kill();
            process.WaitForExit();
        }

        using (PrivateServer next = Start())
        {
            Assert.NotEqual(victim, ServerProcess());
            Assert.False(Make(next));
        }

        killed.Dispose();

        // Its process id has become another one's, which lives.
        File.WriteAllText(LockFile, $"{Environment.ProcessId}\n{Path.Combine(Folder, "data")}\n1\n5432\n{Folder}\n");
        using PrivateServer last = Start();
        Assert.False(Make(last));
    }

    [Fact]
    public void Start_FolderThatTheServerCannotEnter_SaysSo()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            // Whoever is not root runs the server as himself.
            return;
        }

        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CommandFailedException refused = Assert.Throws<CommandFailedException>(Start);

        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.Contains("cannot enter", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoServerInstalled_NamesThePackage()
    {
        CommandFailedException refused = Assert.Throws<CommandFailedException>(() => PostgresBinaries.Find(static name => name == "PATH" ? "/nowhere" : null, _folder["absent"]));

        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.Contains("apt-get install postgresql", refused.Message, StringComparison.Ordinal);
    }

    private PrivateServer Start() => PrivateServer.Start(Folder, Environment.GetEnvironmentVariable);

    private int ServerProcess() => int.Parse(File.ReadLines(LockFile).First(), CultureInfo.InvariantCulture);

    /// <summary>Makes a database in it.</summary>
    /// <returns>Whether it was not there.</returns>
    private static bool Make(PrivateServer server) => Migrator.CreateDatabase(DatabaseAddress.Parse(server.AddressOf(Database)));
}
