using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Sharding;

/// <summary>The layout in a simulated database.</summary>
public sealed class SimulatedLayoutStoreTests : LayoutStoreConformance, IDisposable
{
    private readonly SimulatedCluster _cluster = new(1);

    public SimulatedLayoutStoreTests()
    {
        SimulatedNode node = _cluster.AddNode("node", static _ => { });
        node.Boot();
        _cluster.RunFor(TimeSpan.FromMilliseconds(1));
        Store = new SimulatedDatabase(_cluster, _cluster.Chance.Fork()).OpenLayout(node);
    }

    protected override ILayoutStore Store { get; }

    public void Dispose() => _cluster.Dispose();

    protected override void Until(Func<bool> condition) => Assert.Equal(RunEnd.ConditionMet, _cluster.RunUntil(condition, TimeSpan.FromSeconds(5)));
}
