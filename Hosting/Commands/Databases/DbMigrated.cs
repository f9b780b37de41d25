namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary>What was made of a database.</summary>
internal sealed record DbMigrated(string Database, bool Created, IReadOnlyList<string> Applied, int SchemaVersion, string? Login)
{
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
