using LeitherCluster.LoadTests.Scaling;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class ScalingTests
{
    private static readonly UnitCosts s_costs = new(5, 20, 100, 150_000);

    [Fact]
    public void Update_OfABranchOfTheSeed_IsWhatDrawingEveryAccountGives()
    {
        var plan = new NetworkPlan();
        var calculation = new NetworkCalculation(plan, s_costs);
        SimulatedPulse simulated = BranchSimulation.Run(plan, seed: 7);
        Assert.InRange(simulated.Changed / calculation.ChangedPerBranch, 0.9, 1.1);
        Assert.InRange(simulated.Compressions / calculation.Update.Compressions, 0.9, 1.1);
        Assert.InRange(simulated.Necessary / calculation.Update.Necessary, 0.9, 1.1);
    }

    [Fact]
    public void Update_EveryAccountChanged_HashesTheWholeTree()
    {
        UpdateHashes all = UpdateModel.Hashes(100_000, 100_000);
        Assert.Equal(100_000, all.Leaves, 1.0);
        Assert.InRange(all.Nodes, 95_000, 105_000);
        Assert.InRange(all.Necessary, 295_000, 305_000);
    }

    [Fact]
    public void Trunk_EveryChildChanged_HashesEveryNode() => Assert.Equal(255, UpdateModel.TrunkNodes(8, 1), 1e-9);

    [Fact]
    public void Model_LeavesAndNodesOfRealTrees_AreNear() => Assert.All(
        ModelCheck.Run(s_costs).Where(check => !check.What.EndsWith("microseconds", StringComparison.Ordinal)),
        check => Assert.True(check.Holds, $"{check.What}: {check.Modelled} modelled, {check.Measured} measured"));

    [Theory]
    [InlineData("8+x")]
    [InlineData("0")]
    [InlineData("16+16")]
    [InlineData("")]
    public void Bands_ThatMakeNoSense_AreRefused(string text) => Assert.Contains("--bands", Assert.Throws<ScenarioException>(() => NetworkPlan.BandsOf(text)).Message, StringComparison.Ordinal);
}
