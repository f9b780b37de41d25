using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Values;

public sealed class AmountInPlaceTests
{
    [Fact]
    public void TryAdd_IntoItself_StillSeesTheOverflow()
    {
        Amount sum = new(ulong.MaxValue);
        Assert.False(sum.TryAdd(new Amount(2), out sum));
    }

    [Fact]
    public void TrySubtract_IntoItself_StillSeesTheNegative()
    {
        Amount difference = new(1);
        Assert.False(difference.TrySubtract(new Amount(2), out difference));
        difference = new Amount(2);
        Assert.True(difference.TrySubtract(difference, out difference));
        Assert.Equal(Amount.Zero, difference);
    }
}
