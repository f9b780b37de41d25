using System.Diagnostics;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>A ledger that is loaded through its HTTP API.</summary>
internal abstract class LoadTarget : IDisposable
{
    /// <summary>For people: what it is.</summary>
    public abstract string Name { get; }

    /// <summary>Its nodes' addresses.</summary>
    public abstract IReadOnlyList<Uri> Endpoints { get; }

    /// <summary>The organization's key, which funds the parties; null when it is not at hand.</summary>
    public abstract PrivateKey? Organization { get; }

    /// <summary>Whether it was made for this run, so that nobody has an account yet but its organization, and demonstration accounts.</summary>
    public virtual bool IsFresh => true;

    /// <summary>The nodes' processes, where they are this machine's and known.</summary>
    public virtual IReadOnlyList<int> Processes => [];

    /// <summary>What it said last, for whoever wonders why it does not answer; empty when that is not known.</summary>
    public virtual string LastSaid => "";

    /// <summary>Kills one of its nodes, as by kill -9, and says which.</summary>
    /// <exception cref="Scenarios.ScenarioException">It has none that may be killed.</exception>
    public virtual string KillOne() => throw new Scenarios.ScenarioException($"No node of {Name} may be killed: use --devnet 3.");

    /// <summary>Walks its journal from end to end; null when it is out of reach. It may stop the ledger for that.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public virtual string? VerifyJournal() => null;

    public virtual void Dispose() => Organization?.Dispose();

    /// <summary>Seconds of a core that its processes had so far; of one that ended, nothing.</summary>
    public TimeSpan ProcessorTime() => Sum(process => process.TotalProcessorTime, static (sum, one) => sum + one);

    /// <summary>Resident bytes of its processes.</summary>
    public long MemoryBytes() => Sum(process => process.WorkingSet64, static (sum, one) => sum + one);

    private T Sum<T>(Func<Process, T> of, Func<T, T, T> add)
        where T : struct
    {
        T sum = default;
        foreach (int id in Processes)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                sum = add(sum, of(process));
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // It has ended.
            }
        }

        return sum;
    }
}
