using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary>What was made of a database.</summary>
internal sealed record DbMigrated(string Database, bool Created, IReadOnlyList<string> Applied, int SchemaVersion, string? Login)
{
    /// <summary>Says it of each database; of one by itself, as that.</summary>
    public static void Write(CommandCall call, IReadOnlyList<DbMigrated> done, SpreadMap? map)
    {
        if (map is null)
        {
            call.Write(done[0], CommandJson.Default.DbMigrated, WriteText);
        }
        else
        {
            call.Write(new DatabasesMigrated(map.Text, done), CommandJson.Default.DatabasesMigrated, DatabasesMigrated.WriteText);
        }
    }

    public static void WriteText(TextWriter output, DbMigrated done)
    {
        output.WriteLine($"database  {done.Database}{(done.Created ? ", made" : "")}");
        output.WriteLine($"schema    version {done.SchemaVersion}{(done.Applied.Count == 0 ? ", nothing to do" : $", applied {string.Join(", ", done.Applied)}")}");
        if (done.Login is not null)
        {
            output.WriteLine($"login     {done.Login}, with the rights of a node");
        }
    }
}

/// <summary>What was made of the databases of a journal that is spread.</summary>
internal sealed record DatabasesMigrated(string Map, IReadOnlyList<DbMigrated> Databases)
{
    public static void WriteText(TextWriter output, DatabasesMigrated done)
    {
        foreach (DbMigrated database in done.Databases)
        {
            DbMigrated.WriteText(output, database);
        }

        output.WriteLine($"spread    {done.Map}");
    }
}
