using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class LoadPlanTests
{
    private const int Batch = 10;

    [Fact]
    public void Inject_SendsAtItsRate_WhateverIsUnderWay()
    {
        double[] due = DueOf(new LoadSimulation.Inject(100, Seconds(2)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 0.1), due, Near);
    }

    [Fact]
    public void Iterations_EndWhenTheyWereSent() => Assert.Equal(5, DueOf(new LoadSimulation.IterationsForInject(100, 50)).Length);

    [Fact]
    public void Ramp_FromNothing_SendsTheAreaUnderIt()
    {
        double[] due = DueOf(new LoadSimulation.RampingInject(200, Seconds(10)));
        Assert.Equal(100, due.Length);
        Assert.Equal(0, due[0], 9);
        Assert.Equal(5, due[25], 6);
        Assert.True(due.SequenceEqual(due.Order()));
    }

    [Fact]
    public void Ramp_DownToLess_BeginsAtTheRateBefore()
    {
        double[] due = DueOf(new LoadSimulation.Inject(200, Seconds(1)), new LoadSimulation.RampingInject(100, Seconds(2)));
        Assert.Equal(20 + 30, due.Length);
        Assert.Equal(1, due[20], 6);
        Assert.True(due[21] - due[20] < due[^1] - due[^2]);
    }

    [Fact]
    public void Random_KeepsBetweenItsRates_TheSameForASeed()
    {
        var simulation = new LoadSimulation.InjectRandom(100, 300, Seconds(10));
        double[] due = DueOf(simulation);
        Assert.InRange(due.Length, 100, 300);
        Assert.Equal(due, DueOf(simulation));
    }

    [Fact]
    public void Pause_SendsNothingUntilItIsOver()
    {
        var plan = new LoadPlan([new LoadSimulation.Pause(Seconds(5)), new LoadSimulation.KeepConstant(1, Seconds(1))], Batch, 1);
        Assert.Equal(LoadStep.Wait, plan.Next(Seconds(0), 0, out _));
        Assert.Equal(LoadStep.Wait, plan.Next(Seconds(4.9), 0, out _));
        Assert.Equal(LoadStep.SendAt, plan.Next(Seconds(5.1), 0, out _));
        Assert.Equal(LoadStep.End, plan.Next(Seconds(6.1), 0, out _));
    }

    [Fact]
    public void KeepConstant_SendsWhileFewerAreUnderWay()
    {
        var plan = new LoadPlan([new LoadSimulation.KeepConstant(3, Seconds(10))], Batch, 1);
        Assert.Equal(LoadStep.SendAt, plan.Next(Seconds(1), 2, out _));
        Assert.Equal(LoadStep.Wait, plan.Next(Seconds(1), 3, out _));
        Assert.Equal(LoadStep.End, plan.Next(Seconds(10), 3, out _));
    }

    [Fact]
    public void RampingConstant_GrowsEvenly()
    {
        var plan = new LoadPlan([new LoadSimulation.RampingConstant(10, Seconds(10))], Batch, 1);
        Assert.Equal(LoadStep.Wait, plan.Next(Seconds(0), 0, out _));
        Assert.Equal(LoadStep.SendAt, plan.Next(Seconds(5), 4, out _));
        Assert.Equal(LoadStep.Wait, plan.Next(Seconds(5), 5, out _));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-6;

    private static double[] DueOf(params LoadSimulation[] simulations)
    {
        var plan = new LoadPlan(simulations, Batch, seed: 3);
        var due = new List<double>();
        while (plan.Next(TimeSpan.Zero, 1_000, out TimeSpan at) == LoadStep.SendAt)
        {
            due.Add(at.TotalSeconds);
        }

        return [.. due];
    }
}
