using System.Diagnostics;
using System.Runtime.Loader;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Devnet;

/// <summary>
/// A PostgreSQL server for one folder and nobody else, from the installed binaries: it listens on a socket in that folder only, which none but its owner
/// may enter. What it holds stays when it is stopped. The server refuses to run as root; started by root, it runs as the user postgres.
/// </summary>
public sealed class PrivateServer : IDisposable
{
    private const string ServersUser = "postgres";
    private const int Port = 5432;

    // A socket's path has 107 bytes at the most; the socket's name is the rest.
    private const int FolderBytesMax = 107 - 15;

    private const string LockName = "postmaster.pid";
    private const int StartTriesMax = 5;

    private static readonly TimeSpan s_betweenStarts = TimeSpan.FromMilliseconds(500);

    private readonly string _folder;
    private readonly string _binaries;
    private readonly Lock _ending = new();
    private bool _isOver;

    private PrivateServer(string folder, string binaries)
    {
        _folder = folder;
        _binaries = binaries;
    }

    private string Data => Path.Combine(_folder, "data");

    private string LockFile => Path.Combine(Data, LockName);

    private string Log => Path.Combine(_folder, "server.log");

    /// <summary>
    /// Starts the server of a folder, which is made where it is absent. One that runs already, as after a crash of its starter, is taken over; what one that
    /// was killed has left behind is no obstacle.
    /// </summary>
    /// <param name="folder">for this server alone</param>
    /// <param name="environment">looks up an environment variable</param>
    /// <exception cref="CommandFailedException">The server is not installed, or does not start; the message says what it said.</exception>
    public static PrivateServer Start(string folder, Func<string, string?> environment)
    {
        folder = Path.GetFullPath(folder);
        if (System.Text.Encoding.UTF8.GetByteCount(folder) > FolderBytesMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{folder} is too long for the path of a socket ({FolderBytesMax} bytes at the most). Use a shorter folder.");
        }

        var server = new PrivateServer(folder, PostgresBinaries.Find(environment));
        server.MakeFolder();
        server.RequireItsWayIn();
        if (!File.Exists(Path.Combine(server.Data, "PG_VERSION")))
        {
            server.AsServer("initdb", "--pgdata", server.Data, "--locale=C", "--encoding=UTF8", "--auth=trust", $"--username={ServersUser}");
        }

        server.ForgetTheDead();
        if (!server.Runs())
        {
            server.StartUp();
        }

        AssemblyLoadContext.Default.Unloading += server.OnUnloading;
        return server;
    }

    /// <summary>The address of one of its databases.</summary>
    public string AddressOf(string database) => $"postgres://{ServersUser}@/{database}?host={Uri.EscapeDataString(_folder)}";

    /// <summary>Stops it; what it holds stays.</summary>
    public void Dispose()
    {
        // Whoever disposes of it while the process ends waits until it has stopped.
        lock (_ending)
        {
            if (!_isOver && Runs())
            {
                AsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--mode", "fast", "stop");
            }

            _isOver = true;
            AssemblyLoadContext.Default.Unloading -= OnUnloading;
        }
    }

    // Whoever ends takes its server along: before ProcessExit, at which folders are removed.
    private void OnUnloading(AssemblyLoadContext context) => Dispose();

    // The process id in the lock file may by now be somebody else's, as in a container that was started again. A server's working folder is its data's.
    private void ForgetTheDead()
    {
        if (OperatingSystem.IsLinux() && File.Exists(LockFile))
        {
            string[] held = File.ReadAllLines(LockFile);
            string seenFromIt = $"/proc/{held.FirstOrDefault()}/cwd/{LockName}";
            if (!File.Exists(seenFromIt) || !File.ReadAllLines(seenFromIt).SequenceEqual(held))
            {
                File.Delete(LockFile);
            }
        }
    }

    // Children of a server that was killed may live for a moment, and keep the next one from starting.
    private void StartUp()
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                AsServer(
                    "pg_ctl", "--pgdata", Data, "--wait", "--silent", "--log", Log,
                    "--options", $"-c listen_addresses='' -c port={Port} -c unix_socket_directories='{_folder}'", "start");
                return;
            }
            catch (CommandFailedException) when (tries < StartTriesMax)
            {
                Thread.Sleep(s_betweenStarts);
            }
        }
    }

    private static ProcessStartInfo Command(string program, IReadOnlyList<string> arguments) => Environment.IsPrivilegedProcess
        ? new ProcessStartInfo("runuser", ["-u", ServersUser, "--", program, .. arguments])
        : new ProcessStartInfo(program, arguments);

    private void MakeFolder()
    {
        if (!Directory.Exists(_folder))
        {
            Directory.CreateDirectory(_folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            if (Environment.IsPrivilegedProcess)
            {
                Run(new ProcessStartInfo("chown", [ServersUser, _folder]));
            }
        }
    }

    private void RequireItsWayIn()
    {
        if (Environment.IsPrivilegedProcess && Run(Command("test", ["-x", _folder])).ExitCode != 0)
        {
            throw new CommandFailedException(
                ExitCode.BadInput, $"The server does not run as root, and the user {ServersUser}, as whom it is started, cannot enter {_folder}. Use a folder that everybody may enter, such as one below /tmp.");
        }
    }

    private bool Runs() => Run(Command(Path.Combine(_binaries, "pg_ctl"), ["--pgdata", Data, "status"])).ExitCode == 0;

    private void AsServer(string program, params string[] arguments)
    {
        (int exitCode, string said) = Run(Command(Path.Combine(_binaries, program), arguments));
        if (exitCode != 0)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"PostgreSQL's {program} ended with {exitCode}. {said.ReplaceLineEndings(" ").Trim()} (see {Log})");
        }
    }

    // Its streams go to a file: a server that stays would keep a pipe of ours open.
    private (int ExitCode, string Said) Run(ProcessStartInfo start)
    {
        string said = Path.GetTempFileName();
        try
        {
            var shell = new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", said, start.FileName, .. start.ArgumentList])
            {
                WorkingDirectory = Directory.Exists(_folder) ? _folder : "/",
            };
            using Process process = Process.Start(shell) ?? throw new CommandFailedException(ExitCode.Unreachable, $"{start.FileName} cannot be started.");
            process.WaitForExit();
            return (process.ExitCode, File.ReadAllText(said));
        }
        finally
        {
            File.Delete(said);
        }
    }
}
