using System.CommandLine;
using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary><c>leither db init</c>.</summary>
internal sealed class DbInitCommand : LeitherCommand
{
    private const string PasswordName = "LEITHER_NODE_PASSWORD";

    private readonly DatabaseOption _database;
    private readonly Option<string?> _login = new("--login")
    {
        Description = $"Make a login with the rights of a node; its password is {PasswordName}, or none.",
        HelpName = "NAME",
    };

    public DbInitCommand()
        : base(
            "init",
            "Make a database for a journal, with its schema and the role of nodes; or several, which then hold one journal together. Run by an administrator of the server; again, it does nothing.",
            "leither db init --database postgres://postgres@localhost/ledger",
            "leither db init --database postgres://postgres@localhost/ledger --login leither -o json",
            "leither db init --database postgres://postgres@localhost/ledger --database postgres://postgres@localhost/ledger2#branches=0-7")
    {
        _database = new DatabaseOption(this);
        Add(_login);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        JournalDatabases databases = _database.DatabasesOf(call);
        string? login = call.Value(_login);
        DbMigrated[] done = [.. databases.All.Select(address => DatabaseOption.Reaching(() => Prepare(address, login, call)))];
        if (databases.Map is not null)
        {
            DatabaseOption.Reaching(() => Migrator.Spread(databases));
        }

        DbMigrated.Write(call, done, databases.Map);
        return Task.FromResult(ExitCode.Ok);
    }

    private static DbMigrated Prepare(DatabaseAddress address, string? login, CommandCall call)
    {
        bool isNew = Migrator.CreateDatabase(address);
        IReadOnlyList<Migration> applied = Migrator.Migrate(address);
        if (login is not null)
        {
            Migrator.CreateLogin(address, login, call.Console.Environment(PasswordName));
        }

        return new DbMigrated(address.ToString(), isNew, DbMigrateCommand.NamesOf(applied), Migration.All.Count, login);
    }
}
