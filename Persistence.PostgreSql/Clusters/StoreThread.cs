using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Local;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>
/// A thread with a connection of its own, for questions that must not wait behind the journal's. A question that fails is not asked again here: whoever
/// asked knows whether that makes sense. The connection is opened anew at the next one.
/// </summary>
internal sealed class StoreThread : IDisposable
{
    private readonly ServerLink _link;
    private readonly WorkThread _thread;

    public StoreThread(DatabaseAddress address, string purpose, TimeSpan statementTimeout)
    {
        _link = new ServerLink(address, $"leither {purpose}", statementTimeout);
        _thread = new WorkThread($"leither-{purpose}");
    }

    /// <summary>Asks on the thread; every error, whatever it is, becomes a reason.</summary>
    public void Ask(Action<NpgsqlConnection> question, Action<string> onFailure) => _thread.Enqueue(() =>
    {
        string reason;
        try
        {
            question(_link.Use());
            return;
        }
        catch (Exception error)
        {
            _link.Break();
            reason = error is PostgresException refused ? refused.MessageText : error.Message;
        }

        onFailure(reason);
    });

    /// <summary>Finishes what was asked, then closes.</summary>
    public void Dispose()
    {
        _thread.Dispose();
        _link.Dispose();
    }
}
