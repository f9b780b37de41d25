using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>A simulated ledger to which nothing happens but what a test wants.</summary>
internal sealed class QuietLedger : IDisposable
{
    private const int RoundsMax = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public QuietLedger(Scenario? scenario = null, params IStepObserver[] observers)
        : this(scenario, null, observers)
    {
    }

    /// <param name="image">what is on the disk before the first boot, another run's; null: nothing</param>
    public QuietLedger(Scenario? scenario, DiskImage? image, params IStepObserver[] observers)
    {
        Simulated = new SimulatedLedger(scenario ?? Scenario.Plain) { IsFoundOnDisk = image is not null };
        image?.LayOn(Simulated.Node.Disk);
        Maker = new TransferMaker(Simulated.Scenario, Simulated.Cluster.Chance.Fork(), Simulated.Witness.Ledger) { IsOrderly = true };
        foreach (IStepObserver observer in observers)
        {
            Simulated.Cluster.AddObserver(observer);
        }

        Simulated.Node.Boot();
        Until(() => Simulated.IsRunning, "the ledger runs");
    }

    public SimulatedLedger Simulated { get; }

    public SimulatedNode Node => Simulated.Node;

    public Witness Witness => Simulated.Witness;

    public TransferMaker Maker { get; }

    /// <summary>An expiry far enough ahead.</summary>
    public Timestamp Later => new(Simulated.Witness.AnnouncedAt.UnixMs + 600_000);

    /// <summary>Sends frames as one batch, and again until each has an answer that stands.</summary>
    public TransferAnswer[] Commit(params byte[][] frames)
    {
        SentTransfer[] sent = Send(frames);
        for (int round = 0; round < RoundsMax; round++)
        {
            Until(() => Simulated.IsRunning && Simulated.Traffic.Underway == 0, "the batch is answered");
            SentTransfer[] unanswered = [.. sent.Where(static transfer => transfer.Answer is null)];
            if (unanswered.Length == 0)
            {
                return [.. sent.Select(static transfer => transfer.Answer!.Value)];
            }

            RunFor(Simulated.Scenario.Cycle);
            Simulated.Traffic.Send(unanswered, spoiled: false);
        }

        throw new ViolationException(Rule.EverybodyIsAnswered, Simulated.Report($"no answer that stands after {RoundsMax} rounds"));
    }

    /// <summary>Sends frames as one batch, and waits for nothing.</summary>
    public SentTransfer[] Send(params byte[][] frames)
    {
        SentTransfer[] sent = [.. frames.Select(static frame => new SentTransfer(frame))];
        Simulated.Traffic.Send(sent, spoiled: false);
        return sent;
    }

    public void Until(Func<bool> condition, string what)
    {
        try
        {
            Simulated.Until(condition, Patience, Rule.Progress, what);
        }
        catch (ViolationException breach)
        {
            throw new ViolationException(breach.Rule, Simulated.Report(breach.Message));
        }
    }

    public void RunFor(TimeSpan time)
    {
        Simulated.Cluster.RunFor(time);
        Simulated.ThrowIfBroken();
    }

    public void Dispose() => Simulated.Dispose();
}
