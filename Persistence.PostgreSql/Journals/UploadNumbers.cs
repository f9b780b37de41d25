using LeitherCluster.Persistence.PostgreSql.Databases;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>Numbers of uploads and attempts, never given twice; taken from the database 256 at a time. One caller at a time.</summary>
internal sealed class UploadNumbers
{
    private const int RangeCount = 256;

    private long _next;
    private long _end;

    public long Next(ServerLink link)
    {
        if (_next == _end)
        {
            using var command = new NpgsqlCommand("SELECT nextval('leither.upload_numbers')", link.Use());
            _next = (long)command.ExecuteScalar()!;
            _end = _next + RangeCount;
        }

        return _next++;
    }
}
