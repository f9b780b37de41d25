using System.Globalization;
using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary><c>leither db migrate</c>.</summary>
internal sealed class DbMigrateCommand : LeitherCommand
{
    private readonly DatabaseOption _database;

    public DbMigrateCommand()
        : base(
            "migrate",
            "Bring a journal's schema to this program's version, each step in one transaction. Refuses a newer schema.",
            "leither db migrate --database postgres://postgres@localhost/ledger",
            "leither db migrate --config leither.json -o json")
    {
        _database = new DatabaseOption(this);
    }

    public static IReadOnlyList<string> NamesOf(IReadOnlyList<Migration> migrations) =>
        [.. migrations.Select(migration => string.Create(CultureInfo.InvariantCulture, $"{migration.Version:d4}-{migration.Name}"))];

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        JournalDatabases databases = _database.DatabasesOf(call);
        DbMigrated[] done =
        [
            .. databases.All.Select(address => new DbMigrated(
                address.ToString(), false, NamesOf(DatabaseOption.Reaching(() => Migrator.Migrate(address))), Migration.All.Count, null)),
        ];
        DbMigrated.Write(call, done, databases.Map);
        return Task.FromResult(ExitCode.Ok);
    }
}
