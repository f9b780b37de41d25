using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>The table in a simulation's memory.</summary>
public sealed class SimulatedMembershipStoreTests : MembershipStoreConformance, IDisposable
{
    private readonly SimulatedCluster _cluster = new(1);

    public SimulatedMembershipStoreTests()
    {
        SimulatedNode node = _cluster.AddNode("node", static _ => { });
        node.Boot();
        _cluster.RunFor(TimeSpan.FromMilliseconds(1));
        Store = new SimulatedMembershipStore(_cluster).For(node);
    }

    protected override IMembershipStore Store { get; }

    public void Dispose() => _cluster.Dispose();

    protected override void Until(Func<bool> condition) => Assert.Equal(RunEnd.ConditionMet, _cluster.RunUntil(condition, TimeSpan.FromSeconds(5)));
}
