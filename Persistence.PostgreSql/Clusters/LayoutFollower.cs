using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>One more database of a journal over several: its fences follow the layout that the first one keeps. For one thread.</summary>
/// <param name="address">which it is</param>
/// <param name="statementTimeout">whole seconds</param>
internal sealed class LayoutFollower(DatabaseAddress address, TimeSpan statementTimeout) : IDisposable
{
    private readonly JournalPart _part = address.Part ?? throw new ArgumentException("Only a database of a spread journal follows", nameof(address));
    private readonly ServerLink _link = new(address, "leither layout", statementTimeout);

    // The fences there are known to be at least at those of this version: they never fall back.
    private ulong _version;

    /// <summary>Returns when every epoch of the layout is in force there, and no commit under an older one can follow.</summary>
    /// <exception cref="DatabaseUnavailableException">It does not answer.</exception>
    public void Follow(ShardLayout layout)
    {
        if (layout.Version <= _version)
        {
            return;
        }

        try
        {
            NpgsqlConnection connection = _link.Use();
            if (VersionThere(connection) < layout.Version)
            {
                Raise(connection, layout);
            }
        }
        catch (Exception error)
        {
            _link.Break();
            throw error is DatabaseUnavailableException or DatabaseUnfitException
                ? error
                : new DatabaseUnavailableException($"The database at {address} does not take the layout: {error.Message}", error);
        }

        _version = layout.Version;
    }

    public void Dispose() => _link.Dispose();

    private static ulong VersionThere(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT version FROM leither.versions WHERE name = 'layout'", connection);
        return (ulong)(long)command.ExecuteScalar()!;
    }

    private void Raise(NpgsqlConnection connection, ShardLayout layout)
    {
        KeyValuePair<StreamId, ShardOwner>[] here = [.. layout.Owners.Where(owner => _part.Map.PartOf(owner.Key) == _part.Number)];
        using var command = new NpgsqlCommand("SELECT leither.follow_epochs($1, $2, $3, $4)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(here, static owner => Stored.Stream(owner.Key)) });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(here, static owner => (long)owner.Value.Epoch) });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(here, static owner => owner.Value.Node.ToString()) });
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(layout.Version) });
        command.ExecuteNonQuery();
    }
}
