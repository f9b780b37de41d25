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
            "Make a database for a journal, with its schema and the role of nodes. Run by an administrator of the server; again, it does nothing.",
            "leither db init --database postgres://postgres@localhost/ledger",
            "leither db init --database postgres://postgres@localhost/ledger --login leither -o json")
    {
        _database = new DatabaseOption(this);
        Add(_login);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        DatabaseAddress address = _database.AddressOf(call);
        string? login = call.Value(_login);
        DbMigrated done = DatabaseOption.Reaching(() =>
        {
            bool isNew = Migrator.CreateDatabase(address);
            IReadOnlyList<Migration> applied = Migrator.Migrate(address);
            if (login is not null)
            {
                Migrator.CreateLogin(address, login, call.Console.Environment(PasswordName));
            }

            return new DbMigrated(address.ToString(), isNew, DbMigrateCommand.NamesOf(applied), Migration.All.Count, login);
        });
        call.Write(done, CommandJson.Default.DbMigrated, DbMigrated.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
