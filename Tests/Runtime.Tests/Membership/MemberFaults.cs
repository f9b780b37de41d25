using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>What is done to a <see cref="MemberCluster"/> in a run: one thing after the other, some at the same time, under the run's seed.</summary>
internal sealed class MemberFaults(MemberCluster cluster, MemberWitness witness)
{
    private readonly SimulatedChance _chance = cluster.Cluster.Chance.Fork();
    private readonly HashSet<SimulatedNode> _cutOff = [];
    private StoreFaults _store = StoreFaults.None;
    private bool _isOver;

    /// <summary>Faults so far.</summary>
    public int Count { get; private set; }

    public void Begin()
    {
        cluster.RestartAfter = () => Draw(50, 4_000);
        cluster.Store.FaultsOf = node => _cutOff.Contains(node) ? _store with { IsAway = true } : _store;
        Next();
    }

    /// <summary>Everything is mended; who is down is started.</summary>
    public void Heal()
    {
        _isOver = true;
        _cutOff.Clear();
        cluster.Database.CutOff.Clear();
        MendStore();
        MendNetwork();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Boot();
        }
    }

    private void Next()
    {
        if (_isOver)
        {
            return;
        }

        Count++;
        SimulatedNode node = cluster.Nodes[(int)_chance.Next((ulong)cluster.Nodes.Count)];
        switch (_chance.Next(11))
        {
            case 0 or 1 when node.IsUp:
                witness.Trouble(node);
                node.Crash(_chance.Hits(0.5) ? CrashKind.PowerLoss : CrashKind.ProcessKill, _chance.Hits(0.7) ? Draw(10, 5_000) : null);
                break;
            case 2 or 3 when node.IsUp && !node.IsPaused:
                Pause(node);
                break;
            case 4:
                Divide();
                break;
            case 5:
                BlockOneWay();
                break;
            case 6:
                DisturbMessages();
                break;
            case 7:
                DisturbStore(StoreFaults.None with { IsAway = true }, Draw(500, 14_000));
                break;
            case 8:
                DisturbStore(
                    StoreFaults.None with { LatencyMax = Draw(50, 1_500), AnswerLost = 0.01 * _chance.Next(40), AnswerSwallowed = 0.01 * _chance.Next(20) },
                    Draw(500, 8_000),
                    isTrouble: true);
                break;
            case 9:
                CutOff(node);
                break;
            case 10 when node.IsUp:
                AskOperator(node);
                break;
            default:
                Revive();
                break;
        }

        cluster.Cluster.After(Draw(100, 3_000), Next);
    }

    private void Pause(SimulatedNode node)
    {
        TimeSpan time = _chance.Hits(0.2) ? TimeSpan.FromSeconds(20) : Draw(200, 6_000);
        node.Pause(time);
        witness.Trouble(node);
        int incarnation = node.Incarnation;
        cluster.Cluster.After(time - TimeSpan.FromTicks(1), () =>
        {
            witness.Trouble(node);
            if (node.IsUp && node.Incarnation == incarnation && time.TotalMilliseconds > cluster.Timing.PauseLimitMs)
            {
                witness.BeginShadow(node);
            }
        });
    }

    private void Divide()
    {
        SimulatedNode[] some = [.. cluster.Nodes.Where(_ => _chance.Hits(0.5))];
        if (some.Length == 0 || some.Length == cluster.Nodes.Count)
        {
            return;
        }

        cluster.Cluster.Network.Partition(some, [.. cluster.Nodes.Except(some)]);
        TroubleNetwork(Draw(200, 9_000));
    }

    private void BlockOneWay()
    {
        SimulatedNode from = cluster.Nodes[(int)_chance.Next((ulong)cluster.Nodes.Count)];
        foreach (SimulatedNode to in cluster.Nodes.Where(to => to != from && _chance.Hits(0.5)))
        {
            if (_chance.Hits(0.5))
            {
                cluster.Cluster.Network.Block(from, to);
            }
            else
            {
                cluster.Cluster.Network.Block(to, from);
            }
        }

        TroubleNetwork(Draw(200, 9_000));
    }

    private void DisturbMessages()
    {
        cluster.Cluster.Network.Default = new LinkFaults
        {
            Loss = 0.01 * _chance.Next(50),
            Repeat = 0.01 * _chance.Next(20),
            Reorder = 0.01 * _chance.Next(20),
            DelayMax = Draw(1, 700),
        };
        TroubleNetwork(Draw(500, 8_000));
    }

    private void TroubleNetwork(TimeSpan time)
    {
        witness.IsNetworkTroubled = true;
        cluster.Cluster.After(time, MendNetwork);
    }

    private void MendNetwork()
    {
        cluster.Cluster.Network.Heal();
        cluster.Cluster.Network.Default = LinkFaults.None;
        witness.IsNetworkTroubled = false;
    }

    private void DisturbStore(StoreFaults faults, TimeSpan time, bool isTrouble = false)
    {
        _store = faults;
        cluster.Database.IsAway = faults.IsAway;
        cluster.Database.AnswersToLose = faults.AnswerLost > 0 ? 2 : 0;
        witness.TroubleStore(time);
        if (isTrouble)
        {
            // An answer that does not come tells a node as little as a way to the database that it alone has lost.
            foreach (SimulatedNode node in cluster.Nodes)
            {
                witness.Trouble(node);
            }
        }

        cluster.Cluster.After(time, MendStore);
    }

    private void MendStore()
    {
        _store = StoreFaults.None;
        cluster.Database.IsAway = false;
        cluster.Database.AnswersToLose = 0;
    }

    private void CutOff(SimulatedNode node)
    {
        TimeSpan time = Draw(500, 20_000);
        _cutOff.Add(node);
        cluster.Database.CutOff.Add(node.Name);
        witness.Trouble(node);
        witness.TroubleStore(time);
        cluster.Cluster.After(time, () =>
        {
            _cutOff.Remove(node);
            cluster.Database.CutOff.Remove(node.Name);
            witness.Trouble(node);
        });
    }

    private void AskOperator(SimulatedNode node)
    {
        Member[] members = [.. cluster.Store.View.Table.Members];
        if (members.Length == 0)
        {
            return;
        }

        Member member = members[(int)_chance.Next((ulong)members.Length)];
        if (cluster.Nodes.SingleOrDefault(other => other.Name == member.Id.Name) is { } meant)
        {
            witness.Trouble(meant);
        }

        MemberState to = _chance.Hits(0.7) ? MemberState.Leaving : MemberState.Down;
        if (to == MemberState.Down)
        {
            witness.GiveUp(member.Id);
        }

        cluster[node].Tell(new ChangeMemberState(member.Id, to));
    }

    private void Revive()
    {
        foreach (SimulatedNode node in cluster.Nodes.Where(static node => !node.IsUp))
        {
            node.Boot(Draw(10, 2_000));
        }
    }

    private TimeSpan Draw(long fromMs, long throughMs) => TimeSpan.FromMilliseconds(_chance.Between(fromMs, throughMs));
}
