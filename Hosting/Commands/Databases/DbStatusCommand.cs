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
        DatabaseStatus[] found = [.. _database.DatabasesOf(call).All.Select(address => DatabaseOption.Reaching(() => Migrator.Look(address)))];
        if (found.Length == 1)
        {
            call.Write(found[0], CommandJson.Default.DatabaseStatus, WriteText);
        }
        else
        {
            call.Write(new DatabasesFound(found), CommandJson.Default.DatabasesFound, static (output, all) => all.Databases.ToList().ForEach(one => WriteText(output, one)));
        }

        return Task.FromResult(ExitCode.Ok);
    }

    private static void WriteText(TextWriter output, DatabaseStatus status)
    {
        output.WriteLine($"database   {status.Database}, server {status.Server}");
        output.WriteLine($"schema     version {status.SchemaVersion}; this program has {status.ProgramVersion}{AdviceOn(status)}");
        if (status.JournalId is { } journal)
        {
            output.WriteLine($"journal    {journal}{(status.IsCopying ? ", a copy into it is not finished" : "")}");
            if (status.Map.Length > 0)
            {
                output.WriteLine($"spread     database {status.Part + 1} of {status.Map}");
            }

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

/// <summary>How the databases of a journal that is spread stand.</summary>
internal sealed record DatabasesFound(IReadOnlyList<DatabaseStatus> Databases);
