using System.Runtime.ExceptionServices;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>Has several databases do a step at the same time: one on the caller's thread, the others on threads of their own. One caller at a time.</summary>
internal sealed class SideBySide : IDisposable
{
    private readonly WorkThread[] _threads;

    /// <param name="parts">Most databases at once.</param>
    public SideBySide(int parts) =>
        _threads = [.. Enumerable.Range(2, parts - 1).Select(static number => new WorkThread(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"leither-commit-{number}")))];

    /// <summary>The outcomes, in the order of the parts, when all have ended. Then the first exception is thrown on, if there was one.</summary>
    public JournalOutcome[] Run(PostgresJournal[] parts, Func<PostgresJournal, JournalOutcome> step)
    {
        var outcomes = new JournalOutcome[parts.Length];
        var failures = new Exception?[parts.Length];
        if (parts.Length == 0)
        {
            return outcomes;
        }

        using var ended = new CountdownEvent(parts.Length);
        for (int i = 1; i < parts.Length; i++)
        {
            int at = i;
            _threads[i - 1].Enqueue(() => Do(at));
        }

        Do(0);
        ended.Wait();
        if (Array.Find(failures, static failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return outcomes;

        void Do(int at)
        {
            try
            {
                outcomes[at] = step(parts[at]);
            }
            catch (Exception failure)
            {
                failures[at] = failure;
            }
            finally
            {
                ended.Signal();
            }
        }
    }

    public void Dispose() => Array.ForEach(_threads, static thread => thread.Dispose());
}
