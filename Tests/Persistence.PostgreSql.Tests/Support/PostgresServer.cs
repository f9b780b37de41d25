using System.Diagnostics;
using LeitherCluster.Persistence.PostgreSql.Databases;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>
/// A PostgreSQL server of its own, from the installed binaries: in a temporary folder, on a socket in that folder, stopped and removed
/// at the end. Where the binaries are missing the tests fail; <c>./test</c> installs them.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Template = "journal_template";

    private static int s_databases;

    private readonly string _folder;
    private readonly string _binaries = FindBinaries();

    public PostgresServer()
    {
        _folder = NewFolder();
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }

        AsServer("initdb", "--pgdata", Data, "--locale=C", "--encoding=UTF8", "--auth=trust", "--username=postgres", "--no-sync");
        Start();
        try
        {
            Execute("CREATE DATABASE " + Template);
            Migrator.Migrate(Address(Template));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Socket => Path.Combine(_folder, ".s.PGSQL.5432");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>An empty journal's database.</summary>
    public DatabaseAddress NewJournal() => Address(NewDatabase(Template));

    /// <summary>Empty databases of one journal, each with branches by turns, or as named.</summary>
    /// <param name="branches">of each its branches; null for all: by turns</param>
    public JournalDatabases NewSpreadJournal(params string?[] branches)
    {
        string[] names = [.. branches.Select(_ => NewDatabase(Template))];
        JournalDatabases databases = Databases([.. names.Zip(branches, (name, named) => AddressText(name) + (named is null ? "" : $"#branches={named}"))]);
        Migrator.Spread(databases);
        return databases;
    }

    public static JournalDatabases Databases(params string[] addresses) => JournalDatabases.Parse(string.Join(' ', addresses));

    /// <summary>A database with nothing in it.</summary>
    public string NewDatabase(string template = "template1")
    {
        string name = $"test_{Interlocked.Increment(ref s_databases)}";
        Execute($"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    public DatabaseAddress Address(string database, string user = "postgres") => DatabaseAddress.Parse(AddressText(database, user));

    public string AddressText(string database, string user = "postgres") => $"postgres://{user}@/{database}?host={Uri.EscapeDataString(_folder)}";

    public NpgsqlConnection Connect(string database = "postgres", string user = "postgres")
    {
        var connection = new NpgsqlConnection($"Host={_folder};Username={user};Database={database};Pooling=false");
        connection.Open();
        return connection;
    }

    public void Execute(string sql, string database = "postgres", string user = "postgres") => Ask<object>(sql, database, user);

    /// <summary>The first value that a statement gives.</summary>
    public T? Ask<T>(string sql, string database = "postgres", string user = "postgres")
    {
        using NpgsqlConnection connection = Connect(database, user);
        using var command = new NpgsqlCommand(sql, connection);
        object? value = command.ExecuteScalar();
        return value is T found ? found : default;
    }

    public void Start() => AsServer(
        "pg_ctl", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder, "log"),
        "--options", $"-c listen_addresses='' -c port=5432 -c unix_socket_directories={_folder} -c max_wal_size=256MB -c shared_buffers=64MB", "start");

    /// <summary>Ends it as a crash would.</summary>
    public void StopAtOnce() => AsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--mode", "immediate", "stop");

    public void Dispose()
    {
        StopAtOnce();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>In memory where there is room for it: a server that is stopped as in a crash keeps what it wrote there, too.</summary>
    private static string NewFolder()
    {
        const string Memory = "/dev/shm";
        const long BytesMin = 4L << 30;
        if (!Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < BytesMin)
        {
            return Directory.CreateTempSubdirectory("leither-pg-").FullName;
        }

        string path = Path.Combine(Memory, "leither-pg-" + Path.GetRandomFileName());
        Directory.CreateDirectory(path);
        return path;
    }

    private static string FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> folders = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
            ?? throw new FileNotFoundException("PostgreSQL's initdb and pg_ctl are not there. Install the package postgresql, as ./test does.");
    }

    private void AsServer(string program, params string[] arguments)
    {
        string path = Path.Combine(_binaries, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder };

        // A server must not hold on to the test run's own streams.
        start.RedirectStandardOutput = program != "runuser" || !arguments.Contains("start");
        using Process process = Process.Start(start)!;
        if (start.RedirectStandardOutput)
        {
            process.StandardOutput.ReadToEnd();
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }
}
