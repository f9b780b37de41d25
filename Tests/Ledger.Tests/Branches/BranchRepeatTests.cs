using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using static LeitherCluster.Tests.Ledger.Branches.Scene;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>The same transfer sent again gets the same answer, whenever it comes.</summary>
public sealed class BranchRepeatTests
{
    [Fact]
    public void Accept_SameTransferWhileItWaits_JoinsAndIsAnsweredLikeTheFirst()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Alice, Bob, 50, 1, controller: Carol);
        branch.Accept(hold, slice: 0);
        branch.Pulse(2, Start + 1, 2);
        PlainTransfer[] transfers =
        [
            Pay(Alice, Bob, 1, 2),
            Bundle(Bob, 1, (Alice, 1), (Carol, 2)),
            Reserve(Carol, Bob, 7, 1),
            Post(hold, 20, 50, Alice),
            Issue(Bob, 5, 9),
        ];
        branch.Accept(transfers, slice: 1);
        Assert.All(branch.Accept(transfers, slice: 2), told => Assert.Equal(Decision.Joined, told.Decision));
        SealedWindow window = branch.Seal(3, Start + 2, 3)!;
        Assert.All(branch.Accept(transfers, slice: 3), told => Assert.Equal(Decision.Joined, told.Decision));
        Assert.Equal(0, branch.Ledger.OpenCount);
        branch.Credit(3, [.. window.Runs.ToArray().Select(window.Section)]);
        Assert.Equal(3 * transfers.Length, branch.Ledger.CommitSealed(window.Sequence, branch.Answers));

        uint[] places = [0, 1, 3, 4, 5];
        foreach (int slice in new[] { 1, 2, 3 })
        {
            for (int i = 0; i < transfers.Length; i++)
            {
                Assert.Equal(new TransferAnswer(new TimeSequence(3), 0, places[i], Outcome.Committed), branch.Answers[slice, i]);
            }
        }

        Assert.All(branch.Accept(transfers, slice: 4), told => Assert.Equal(Decision.RefusedUnlessSealed, told.Decision));
    }

    [Fact]
    public void Accept_SameTransferSignedOtherwise_IsTheSame()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer pay = Pay(Alice, Bob, 1, 1);
        branch.Accept(pay, slice: 0);

        Assert.Equal(Decision.Joined, branch.Accept(pay with { StandingExpiry = Start - 1 }, slice: 1).Decision);
        branch.Pulse(2, Start + 1, 2);
        Assert.Equal(branch.Answers[0], branch.Answers[1]);
    }

    [Fact]
    public void Accept_SameTransferExpiredMeanwhile_JoinsOrAsksTheSealedWindows()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer pay = Pay(Alice, Bob, 1, 1, expiry: Start + 5);
        branch.Accept(pay, slice: 0);
        branch.Ledger.EndBeat(new Timestamp(Start + 6));
        Assert.Equal(Decision.Joined, branch.Accept(pay, slice: 1).Decision);
        Assert.Null(branch.Seal(2, Start + 6));
        Assert.Equal(Outcome.Expired, branch.Answers[0].Outcome);
        Assert.Equal(Outcome.Expired, branch.Answers[1].Outcome);

        Assert.Equal((Decision.RefusedUnlessSealed, Outcome.Expired), branch.Accept(pay, slice: 2));
    }

    [Fact]
    public void Accept_SameIssuanceWhenNothingMoreCanBeIssued_IsTheSame()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer issue = Issue(Bob, (ulong.MaxValue / 2) + 1, 7);
        branch.Accept(issue, slice: 0);
        Assert.Equal(Decision.Joined, branch.Accept(issue, slice: 1).Decision);
        branch.Pulse(2, Start + 1, 2);

        Assert.Equal((Decision.RefusedUnlessSealed, Outcome.AmountOverflow), branch.Accept(issue, slice: 2));
    }

    [Fact]
    public void Accept_SamePostAfterTheOwnerWasFrozen_AsksTheSealedWindows()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Alice, Bob, 50, 1);
        branch.Accept(hold, slice: 0);
        branch.Pulse(2, Start + 1, 2);
        PlainTransfer post = Post(hold, 20, 50, Alice);
        branch.Accept(post, slice: 1);
        branch.Pulse(3, Start + 2, 3);
        branch.Edit(Alice, record => record with { Flags = record.Flags | RecordFlags.Frozen });

        Assert.Equal((Decision.RefusedUnlessSealed, Outcome.AccountFrozen), branch.Accept(post, slice: 2));
        Assert.Equal((Decision.RefusedUnlessSealed, Outcome.NonceUsed), branch.Accept(hold, slice: 3));
        Assert.Equal((Decision.Refused, Outcome.AccountFrozen), branch.Accept(Pay(Alice, Bob, 1, 2), slice: 4));
    }

    [Fact]
    public void Accept_MoreJoinersThanAWindowHolds_IsBusy()
    {
        using BranchDriver branch = WithFunds(options => options with { WindowFramesMax = 3 });
        PlainTransfer pay = Pay(Alice, Bob, 1, 1);
        (Decision Decision, Outcome Refusal)[] told = branch.Accept([pay, pay, pay, pay, pay], slice: 0);

        Assert.Equal([Decision.Accepted, Decision.Joined, Decision.Joined, Decision.Joined, Decision.Refused], told.Select(each => each.Decision));
        Assert.Equal(Outcome.Busy, told[^1].Refusal);
        SealedWindow window = branch.Seal(2, Start + 1)!;
        Assert.Equal((Decision.Refused, Outcome.Busy), branch.Accept(pay, slice: 1));
        Assert.Equal(4, branch.Ledger.CommitSealed(window.Sequence, branch.Answers));
    }

    [Fact]
    public void Accept_ManyRepeatsAndManyLeftOut_AnswersEachOnce()
    {
        const int Count = 3000;
        Party[] parties = [.. Enumerable.Range(100, Count).Select(Party.Of)];
        using var branch = new BranchDriver(Options());
        branch.Load(parties.Select(party => new AccountRecord { Id = party.Id, Balance = new Amount(10) }), Count * 10);
        PlainTransfer[] transfers = [.. parties.Select((party, i) => Pay(party, parties[0], 1, 1, expiry: i % 3 == 0 ? Start : Start + 9))];
        branch.Accept(transfers, slice: 0);
        branch.Accept([.. transfers.Reverse()], slice: 1);

        SealedWindow window = branch.Pulse(1, Start + 1, 1)!;

        Assert.Equal(Count * 2 / 3, window.Leaves);
        Assert.Equal(Count * 2, branch.Answers.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i % 3 == 0 ? Outcome.Expired : Outcome.Committed, branch.Answers[0, i].Outcome);
            Assert.Equal(branch.Answers[0, i], branch.Answers[1, Count - 1 - i]);
            Assert.Equal(i % 3 == 0 ? 0u : (uint)((i / 3 * 2) + (i % 3) - 1), branch.Answers[0, i].Place);
        }
    }

    [Fact]
    public void Accept_RepeatsWhileTheWindowGrows_JoinTheirOwn()
    {
        const int Count = 2000;
        Party[] parties = [.. Enumerable.Range(100, Count).Select(Party.Of)];
        using var branch = new BranchDriver(Options());
        branch.Load(parties.Select(party => new AccountRecord { Id = party.Id, Balance = new Amount(10) }), Count * 10);
        for (int i = 0; i < Count; i++)
        {
            branch.Accept(Pay(parties[i], parties[0], 1, 1), slice: i);
            if (i % 100 == 0)
            {
                Assert.Equal(Decision.Joined, branch.Accept(Pay(parties[i / 3], parties[0], 1, 1), slice: Count + i).Decision);
            }
        }

        branch.Pulse(1, Start, 1);
        Assert.All(Enumerable.Range(0, Count / 100), i => Assert.Equal(branch.Answers[100 * i / 3], branch.Answers[Count + (100 * i)]));
    }

    [Fact]
    public void AnswerAll_BranchGoesDown_TellsEverybodyWhoWaits()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer pay = Pay(Alice, Bob, 1, 1);
        branch.Accept([pay, pay], slice: 0);
        branch.Seal(2, Start + 1);
        branch.Accept([Pay(Bob, Alice, 1, 1), pay], slice: 1);

        branch.Ledger.AnswerAll(Outcome.Pending, branch.Answers);

        Assert.All([(0, 0), (0, 1), (1, 0), (1, 1)], each => Assert.Equal(new TransferAnswer(Outcome.Pending), branch.Answers[each.Item1, each.Item2]));
    }
}
