using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using static LeitherCluster.Tests.Ledger.Branches.Scene;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchHoldTests
{
    [Fact]
    public void Seal_HoldsFallDueWithoutTransfers_MakesABlockOfNothingElse()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept([Reserve(Alice, Bob, 10, 1, holdExpiry: Start + 10), Reserve(Alice, Bob, 20, 2, holdExpiry: Start + 20)]);
        branch.Pulse(2, Start + 1, 2);
        Assert.Equal(new Timestamp(Start + 10), branch.Ledger.NextDeadline);
        Assert.Null(branch.Pulse(3, Start + 10));

        SealedWindow window = branch.Pulse(4, Start + 11, 3)!;

        Assert.Equal((0, 0ul, default), (window.Leaves, window.Issued, window.WindowsRoot));
        Assert.Equal(192 + 96, branch.Journal[^2].Bytes.Length);
        Assert.Equal(new Timestamp(Start + 20), branch.Ledger.NextDeadline);
        Assert.Equal((Decision.Refused, Outcome.InsufficientFunds), branch.Accept(Pay(Alice, Bob, 981, 3)));
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 980, 3), slice: 1).Decision);
    }

    [Fact]
    public void Seal_NoRoomForABlockOfDeadlines_ThrowsAndMayBeAskedAgain()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept(Reserve(Alice, Bob, 10, 1, holdExpiry: Start + 10));
        branch.Pulse(2, Start + 1, 2);
        branch.Room.BuffersLeft = 0;
        Assert.Throws<WindowRoomException>(() => branch.Seal(3, Start + 11));
        Assert.Equal(BranchDriver.Beat(2), branch.Ledger.ClosedBeat);

        branch.Room.BuffersLeft = 1;
        Assert.NotNull(branch.Pulse(3, Start + 11));
        Assert.Null(branch.Ledger.NextDeadline);
    }

    [Fact]
    public void Seal_HoldFallsDueBeforeItsPost_LeavesThePostOut()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Alice, Bob, 10, 1, holdExpiry: Start + 10);
        branch.Accept(hold, slice: 0);
        branch.Pulse(2, Start + 1, 2);
        branch.Accept(Post(hold, 10, 10, Alice), slice: 1);
        branch.Accept(Post(hold, 10, 10, Alice), slice: 2);

        SealedWindow window = branch.Pulse(3, Start + 11, 3)!;

        Assert.Equal(0, window.Leaves);
        Assert.Equal(new TransferAnswer(Outcome.UnknownHold), branch.Answers[1]);
        Assert.Equal(new TransferAnswer(Outcome.UnknownHold), branch.Answers[2]);
        Assert.Equal(1000ul, BalanceOf(branch, Alice));
    }

    [Fact]
    public void Seal_HoldThatIsLateAlready_IsLeftOut()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Alice, Bob, 10, 1, holdExpiry: Start + 1);
        branch.Accept(hold, slice: 0);

        branch.Pulse(2, Start + 2, 2);

        Assert.Equal(new TransferAnswer(Outcome.Expired), branch.Answers[0]);
        Assert.Null(branch.Ledger.NextDeadline);
    }

    [Fact]
    public void Post_PartByPart_PaysAndFreesTheRestWhenReleased()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Alice, Bob, 100, 1, controller: Carol);
        branch.Accept(hold, slice: 0);
        branch.Pulse(2, Start + 1, 2);
        branch.Accept(Post(hold, 30, 100, Carol), slice: 1);
        branch.Accept(Pay(Alice, Carol, 900, 2), slice: 2);
        branch.Pulse(3, Start + 2, 3);
        branch.Accept(Post(hold, 20, 70, Alice), slice: 3);
        branch.Pulse(4, Start + 3, 4);
        Assert.Equal((Decision.Refused, Outcome.InsufficientFunds), branch.Accept(Pay(Alice, Bob, 1, 3)));
        branch.Accept(Release(hold, Bob), slice: 4);
        branch.Pulse(5, Start + 4, 5);

        Assert.All([1, 2, 3, 4], slice => Assert.Equal(Outcome.Committed, branch.Answers[slice].Outcome));
        Assert.Equal(50ul, BalanceOf(branch, Alice));
        Assert.Equal(1050ul, BalanceOf(branch, Bob));
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 50, 3), slice: 5).Decision);
    }

    [Fact]
    public void Accept_SixtyFourHoldsInOneWindow_RefusesTheNext()
    {
        using BranchDriver branch = WithFunds();
        Assert.All(
            branch.Accept([.. Enumerable.Range(1, 64).Select(nonce => Reserve(Alice, Bob, 1, (ulong)nonce))]),
            told => Assert.Equal(Decision.Accepted, told.Decision));
        branch.Ledger.EndBeat(new Timestamp(Start));
        branch.Pulse(2, Start + 1, 2);

        Assert.Equal((Decision.Refused, Outcome.TooManyHolds), branch.Accept(Reserve(Alice, Bob, 1, 65)));
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 936, 65), slice: 1).Decision);
    }

    [Fact]
    public void Accept_HoldsOfTheRecordAndOfTheOpenWindow_CountTogether()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept([.. Enumerable.Range(1, 40).Select(nonce => Reserve(Alice, Bob, 1, (ulong)nonce))]);
        branch.Pulse(2, Start + 1, 2);
        (Decision Decision, Outcome Refusal)[] told = branch.Accept([.. Enumerable.Range(41, 25).Select(nonce => Reserve(Alice, Bob, 1, (ulong)nonce))], slice: 1);

        Assert.All(told[..24], each => Assert.Equal(Decision.Accepted, each.Decision));
        Assert.Equal((Decision.Refused, Outcome.TooManyHolds), told[24]);
    }
}
