using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>Who goes next.</summary>
public sealed partial class SimulatedCluster
{
    private bool TryTakeStep()
    {
        try
        {
            return TakeStep();
        }
        catch (SimulatedCrashException crash)
        {
            crash.Node.CrashFromStep();
            return true;
        }
        finally
        {
            Current = null;
        }
    }

    private bool TakeStep()
    {
        int ready = 0;
        foreach (SimulatedNode node in _nodes)
        {
            ready += node.ReadyCount;
        }

        (SimulatedNode? owner, Scheduled? due) = NextDue();
        if (due is not null && (ready == 0 || (due.DueTicks <= NowTicks && (_chance.Next() & 1) == 0)))
        {
            Fire(owner, due);
            return true;
        }

        if (ready == 0)
        {
            return false;
        }

        NowTicks += Options.MessageCost.Ticks;
        RunReady((int)_chance.Next((ulong)ready));
        return true;
    }

    private void RunReady(int index)
    {
        foreach (SimulatedNode node in _nodes)
        {
            if (index < node.ReadyCount)
            {
                node.RunReady(index);
                return;
            }

            index -= node.ReadyCount;
        }
    }

    private void Fire(SimulatedNode? owner, Scheduled due)
    {
        NowTicks = Math.Max(NowTicks, due.DueTicks);
        (owner is null ? _heap : owner.Timeline).Remove(due);
        _trace.AddEvent(NowTicks, owner);
        due.Fire();
    }

    /// <summary>What falls due first, of the simulation or of a node that is up and not paused.</summary>
    private (SimulatedNode? Owner, Scheduled? Due) NextDue()
    {
        SimulatedNode? owner = null;
        Scheduled? first = _heap.First;
        foreach (SimulatedNode node in _nodes)
        {
            Scheduled? candidate = node.IsPaused ? null : node.Timeline.First;
            if (candidate is not null && (first is null || Before(candidate, first)))
            {
                first = candidate;
                owner = node;
            }
        }

        return (owner, first);
    }

    private long NextDueTicks() => NextDue().Due?.DueTicks ?? long.MaxValue;

    private bool AnyoneReady() => _nodes.Exists(static n => n.ReadyCount > 0);

    private static bool Before(Scheduled a, Scheduled b) => a.DueTicks != b.DueTicks ? a.DueTicks < b.DueTicks : a.Order < b.Order;
}
