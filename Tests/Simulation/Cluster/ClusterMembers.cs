using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// Stands in for the protocol of membership: a node that boots is up, one that is silent for long enough is down, and everybody hears of both, each in its own
/// time. A node that is up and hears that it is down stops.
/// </summary>
internal sealed class ClusterMembers(SimulatedCluster cluster, SimulatedChance chance)
{
    /// <summary>Nobody is given up before he was silent for so long.</summary>
    public static readonly TimeSpan SilentMin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SilentMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TellMax = TimeSpan.FromMilliseconds(100);

    /// <summary>The newest table.</summary>
    public MemberTable Table { get; private set; } = MemberTable.Empty;

    /// <summary>Whether the table can be changed now.</summary>
    public Func<bool> IsDatabaseAway { get; set; } = static () => false;

    /// <summary>Called for a node that hears that it has been given up.</summary>
    public Action<SimulatedNode>? OnGivenUp { get; set; }

    public static NodeId IdOf(SimulatedNode node) => new(node.Name, (uint)node.Incarnation);

    /// <summary>A node has booted: it is up, and its life before is over.</summary>
    public void Join(SimulatedNode node)
    {
        ulong version = Table.Version + 1;
        var member = new Member(IdOf(node), $"{node.Name}:1", MemberRoles.All, "1", MemberState.Up, version);
        Change([.. Table.Members.Where(other => other.Id.Name != node.Name), member]);
    }

    /// <summary>Whatever keeps a node silent begins now; it is given up if it still does after a while.</summary>
    /// <param name="isSilent">asked then</param>
    public void Suspect(SimulatedNode node, Func<bool> isSilent)
    {
        NodeId id = IdOf(node);
        cluster.After(TimeSpan.FromTicks(chance.Between(SilentMin.Ticks, SilentMax.Ticks)), () =>
        {
            if (IsDatabaseAway() && isSilent())
            {
                // Nobody can write it down.
                Suspect(node, isSilent);
            }
            else if (isSilent() && Table.Find(id) is { State: MemberState.Up })
            {
                Change([.. Table.Members.Select(member => member.Id == id ? member with { State = MemberState.Down } : member)]);
            }
        });
    }

    private void Change(IReadOnlyList<Member> members)
    {
        Table = new MemberTable(Table.Version + 1, members);
        MemberTable table = Table;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            int incarnation = node.Incarnation;
            cluster.After(TimeSpan.FromTicks(chance.Between(1, TellMax.Ticks)), () => Tell(node, incarnation, table));
        }
    }

    private void Tell(SimulatedNode node, int incarnation, MemberTable table)
    {
        if (!node.IsUp || node.Incarnation != incarnation)
        {
            return;
        }

        if (node.IsPaused)
        {
            cluster.After(TellMax, () => Tell(node, incarnation, table));
        }
        else if (table.Find(IdOf(node)) is { State: MemberState.Up })
        {
            node.System.EventStream.Publish(new MembershipChanged(table));
        }
        else
        {
            OnGivenUp?.Invoke(node);
        }
    }
}
