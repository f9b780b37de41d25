using LeitherCluster.Hosting.Views;
using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary><c>leither db status</c>.</summary>
internal sealed class DbStatusCommand : LeitherCommand
{
    private readonly DatabaseOption _database;

    public DbStatusCommand()
        : base(
            "status",
            "Show the version of a journal's schema and what the journal holds. Changes nothing.",
            "leither db status --database postgres://leither@localhost/ledger",
            "LEITHER_DATABASE=postgres://leither@localhost/ledger leither db status -o json")
    {
        _database = new DatabaseOption(this);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        DatabaseAddress address = _database.AddressOf(call);
        DatabaseStatus status = DatabaseOption.Reaching(() => Migrator.Look(address));
        call.Write(status, CommandJson.Default.DatabaseStatus, WriteText);
        return Task.FromResult(ExitCode.Ok);
    }

    private static void WriteText(TextWriter output, DatabaseStatus status)
    {
        output.WriteLine($"database   {status.Database}, server {status.Server}");
        output.WriteLine($"schema     version {status.SchemaVersion}; this program has {status.ProgramVersion}{AdviceOn(status)}");
        if (status.JournalId is { } journal)
        {
            output.WriteLine($"journal    {journal}{(status.IsCopying ? ", a copy into it is not finished" : "")}");
            output.WriteLine($"blocks     {status.Blocks:N0} in {status.Groups:N0} groups by {status.Writers} nodes");
            output.WriteLine($"snapshots  {status.Snapshots:N0}");
            output.WriteLine($"on disk    {ByteText.Format(status.Bytes)}");
        }
    }

    private static string AdviceOn(DatabaseStatus status) => status.SchemaVersion switch
    {
        0 => ": run `leither db init`",
        int version when version < status.ProgramVersion => ": run `leither db migrate`",
        int version when version > status.ProgramVersion => ": use a newer leither",
        _ => "",
    };
}
