using System.Globalization;
using LeitherCluster.Hosting.Devnet;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Where a ledger of a load test keeps its journal: files of a folder, or a database of a server that it starts.</summary>
internal abstract class JournalPlace : IDisposable
{
    /// <summary>For reports.</summary>
    public abstract string Name { get; }

    /// <summary>Files in a folder.</summary>
    public static JournalPlace InFiles(string folder) => new Files(folder);

    /// <summary>A database on a server of its own, from the installed binaries, with its defaults for durability, in a folder.</summary>
    public static JournalPlace InDatabase(string folder) => new Database(folder);

    /// <summary>How other programs connect to its database; null when it has none.</summary>
    public virtual string? ConnectionString => null;

    /// <summary>Opens the journal, or makes it. What comes with it is disposed after it.</summary>
    public abstract (IJournalStore Store, IDisposable? With) Open(JournalBufferPool buffers);

    public abstract void Dispose();

    private sealed class Files(string folder) : JournalPlace
    {
        public override string Name => "files";

        public override (IJournalStore Store, IDisposable? With) Open(JournalBufferPool buffers)
        {
            PosixDisk disk = PosixDisk.Open(folder);
            return (FileJournal.Open(disk, LocalChance.Instance, buffers), disk);
        }

        public override void Dispose()
        {
            // Files need nothing.
        }
    }

    private sealed class Database : JournalPlace
    {
        private const string DatabaseName = "load";

        private readonly PrivateServer _server;
        private readonly string _socketFolder;
        private readonly int? _mib = MemoryLimit.Asked(Environment.GetEnvironmentVariable);
        private readonly MemoryLimit? _limit;
        private readonly DatabaseAddress _address;

        public Database(string folder)
        {
            _socketFolder = Path.Combine(folder, "pg");
            _server = PrivateServer.Start(_socketFolder, Environment.GetEnvironmentVariable);
            if (_mib is { } mib)
            {
                int server = int.Parse(File.ReadLines(Path.Combine(_socketFolder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
                _limit = MemoryLimit.Of(server, mib);
            }

            _address = DatabaseAddress.Parse(_server.AddressOf(DatabaseName));
            Migrator.CreateDatabase(_address);
            Migrator.Migrate(_address);
        }

        public override string Name => _mib is { } mib ? string.Create(CultureInfo.InvariantCulture, $"PostgreSQL in {mib:N0} MiB") : "PostgreSQL";

        public override string ConnectionString => $"Host={_socketFolder};Username=postgres;Database={DatabaseName};Pooling=false";

        public override (IJournalStore Store, IDisposable? With) Open(JournalBufferPool buffers) => (PostgresJournal.Open(_address, buffers), null);

        public override void Dispose()
        {
            _server.Dispose();
            _limit?.Dispose();
        }
    }
}
