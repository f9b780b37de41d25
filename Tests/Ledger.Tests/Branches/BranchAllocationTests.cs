namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchAllocationTests
{
    private const int PulsesBefore = 80;
    private const long BytesOfAPulseMax = 1024;

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

        Assert.InRange(probe.Pulse(), 0, BytesOfAPulseMax);
    }
}
