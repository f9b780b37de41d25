using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

/// <summary>How many signatures are verified for what: a bundle's once, and a standing acceptance's once for all that come under it.</summary>
public sealed class SignatureCountTests
{
    // Room for 16 standing acceptances: Judge's.
    private const int Remembered = 16;

    [Fact]
    public void Payment_SignedByBoth_TakesTwo()
    {
        var judge = new Judge();

        Assert.Equal(Outcome.Pending, judge.One(Samples.Frames["pay, signed"]));
        Assert.Equal(2, judge.Verified);
    }

    [Fact]
    public void StandingAcceptance_ThatCameBefore_TakesNone()
    {
        var judge = new Judge();
        byte[] frame = Samples.Frames["pay, standing"];

        Assert.Equal(Outcome.Pending, judge.One(frame));
        Assert.Equal(2, judge.Verified);
        for (ulong nonce = 10; nonce < 20; nonce++)
        {
            Assert.Equal(Outcome.Pending, judge.One(Samples.PayStanding(Samples.Body(TransferKind.Pay) with { Nonce = nonce }, Samples.Terms())));
            Assert.Equal(1, judge.Verified);
        }
    }

    [Fact]
    public void StandingAcceptance_AfterManyOthers_IsVerifiedAgain()
    {
        var judge = new Judge();
        byte[] frame = Samples.Frames["pay, standing"];
        judge.One(frame);
        for (ulong other = 1; other <= 10 * Remembered; other++)
        {
            judge.One(Samples.PayStanding(Samples.Body(TransferKind.Pay), Samples.Terms() with { LargestAmount = new Amount(1_000 + other) }));
        }

        Assert.Equal(Outcome.Pending, judge.One(frame));
        Assert.Equal(2, judge.Verified);
    }

    [Fact]
    public void Bundle_UnderAcceptancesThatCameBefore_TakesOneHoweverManyItemsItHas()
    {
        var judge = new Judge();
        judge.One(Samples.Frames["pay, standing"]);
        ulong[] amounts = [.. Enumerable.Range(0, 100).Select(static number => 10UL + (ulong)number)];
        byte[] bundle = Samples.Frame(frame =>
        {
            BundleBuilder builder = new(frame, Samples.Body(TransferKind.Bundle));
            Acceptance acceptance = Acceptance.ByStanding(Samples.Bob.PublicKey, StandingAcceptance.Sign(Samples.Terms(), Samples.Bob));
            foreach (ulong amount in amounts)
            {
                builder.Add(Samples.Id(Samples.Bob), new Amount(amount), default, acceptance);
            }

            return builder.Finish(Samples.Alice);
        });

        Assert.Equal(Outcome.Pending, judge.One(bundle));
        Assert.Equal(1, judge.Verified);
    }

    [Fact]
    public void SignaturesVerifiedBefore_TakeNone()
    {
        var judge = new Judge();
        judge.One(Samples.Frames["pay, signed"]);

        Assert.Equal(Outcome.Pending, judge.One(Samples.Frames["bundle"], SignatureMode.VerifiedBefore));
        Assert.Equal(0, judge.Verified);
    }

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(20, 10, 40)]
    [InlineData(400, 10, 1_000)]
    public void BadOne_AmongGood_IsNamedAndItsCostIsBounded(int count, long wastedMin, long wastedMax)
    {
        var judge = new Judge();
        byte[] good = Samples.Frames["issue"];
        byte[] bad = [.. good];
        bad[FrameLayout.ExtensionOffset + FrameLayout.KeyBytes + 40] ^= 1;
        byte[][] frames = [.. Enumerable.Repeat(good, count)];
        frames[count / 2] = bad;

        judge.Many(frames);

        Assert.Equal([count / 2], judge.BadFrames);
        Assert.InRange(judge.Wasted, wastedMin, wastedMax);
        judge.Many([.. Enumerable.Repeat(good, count)]);
        Assert.Equal((0, 0), (judge.BadFrames.Length, judge.Wasted));
    }
}
