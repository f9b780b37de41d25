namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchAllocationTests
{
    private const int PulsesBefore = 80;
    private const long BytesOfAPulseMax = 1024;

    // The runtime may allocate on this thread when it compiles anew what ran often; what a transfer allocates, every pulse does.
    private const int PulsesMeasured = 5;

    [Theory]
    [InlineData(100)]
    [InlineData(4000)]
    public void Pulse_InTheSteadyState_AllocatesNothingForATransfer(int payments)
    {
        using var probe = new PulseProbe(payments);
        for (int pulse = 0; pulse < PulsesBefore; pulse++)
        {
            probe.Pulse();
        }

        Assert.InRange(Enumerable.Range(0, PulsesMeasured).Min(_ => probe.Pulse()), 0, BytesOfAPulseMax);
    }
}
