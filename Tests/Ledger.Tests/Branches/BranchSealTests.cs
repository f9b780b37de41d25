using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using static LeitherCluster.Tests.Ledger.Branches.Scene;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchSealTests
{
    private const int TwoBranches = 1;

    [Fact]
    public void Seal_CreditsForSeveralBranches_AreGroupedByTargetInRecordedOrder()
    {
        Party[] low = Party.InBranch(TwoBranches, 0, 3);
        Party[] high = Party.InBranch(TwoBranches, 1, 3);
        using var branch = new BranchDriver(Options(TwoBranches, Organization.Id.Prefix(TwoBranches)));
        branch.Accept(IssueBundle(1, (high[0], 1), (low[0], 2), (high[1], 3), (low[1], 4), (high[0], 5), (low[2], 6)));

        SealedWindow window = branch.Seal(1, Start)!;

        Assert.Equal([new SectionRun(0, 0, 3), new SectionRun(1, 3, 3)], window.Runs.ToArray());
        CreditSection[] sections = [.. window.Runs.ToArray().Select(window.Section)];
        Assert.Equal([Credit(low[0], 1, 2), Credit(low[1], 3, 4), Credit(low[2], 5, 6)], sections[0].Entries.ToArray());
        Assert.Equal([Credit(high[0], 0, 1), Credit(high[1], 2, 3), Credit(high[0], 4, 5)], sections[1].Entries.ToArray());
        Assert.All(sections, section => Assert.Equal((window.Branch, window.BlockHash, window.Secret), (section.Source, section.BlockHash, section.Secret)));
    }

    [Fact]
    public void Seal_OfADeepLedger_GroupsByTarget()
    {
        const int Depth = 20;
        Party[] parties = [.. Enumerable.Range(0, 100).Select(Party.Of)];
        using var branch = new BranchDriver(Options(Depth, Organization.Id.Prefix(Depth)));
        branch.Accept(IssueBundle(1, [.. parties.Select(party => (party, 7ul))]));

        SealedWindow window = branch.Seal(1, Start)!;

        uint[] expected = [.. parties.Select(party => party.Id.Prefix(Depth)).Order()];
        Assert.Equal(expected, window.Credits.ToArray().Select(credit => credit.Receiver.Prefix(Depth)));
        Assert.Equal(expected.Distinct(), window.Runs.ToArray().Select(run => run.Target));
        Assert.All(window.Runs.ToArray(), run => Assert.All(
            window.Section(run).Entries.ToArray(), credit => Assert.Equal(run.Target, credit.Receiver.Prefix(Depth))));
    }

    [Fact]
    public void Seal_SomeExpired_LeavesThemOutAndClosesTheGaps()
    {
        using BranchDriver branch = WithFunds();
        PlainTransfer hold = Reserve(Carol, Bob, 10, 1);
        branch.Accept(hold, slice: 0);
        branch.Pulse(2, Start + 1, 2);
        PlainTransfer expiring = Release(hold, Bob) with { Expiry = Start + 5 };
        PlainTransfer[] kept = [Pay(Alice, Bob, 1, 1), Bundle(Bob, 1, (Alice, 3), (Carol, 4)), Pay(Carol, Alice, 5, 2), Pay(Alice, Carol, 6, 9)];
        branch.Accept(expiring, slice: 1);
        branch.Accept(kept[0], slice: 2);
        branch.Accept(Pay(Alice, Bob, 7, 2, expiry: Start + 5), slice: 3);
        branch.Accept(kept[1], slice: 4);
        branch.Accept(Pay(Alice, Bob, 8, 3) with { StandingExpiry = Start + 5 }, slice: 5);
        branch.Accept(kept[2], slice: 6);
        branch.Accept(kept[3], slice: 7);
        branch.Accept(kept[3], slice: 8);
        branch.Accept(expiring, slice: 9);

        SealedWindow window = branch.Seal(3, Start + 6, 3)!;

        Assert.All([1, 3, 5, 9], slice => Assert.Equal(new TransferAnswer(Outcome.Expired), branch.Answers[slice]));
        byte[] block = branch.Journal[^1].Bytes;
        Assert.Equal(
            kept.SelectMany(transfer => transfer.Frame()), block[WindowBlock.SizeBytes..^WindowBlock.CertificateBytes]);
        Assert.Equal(kept.SelectMany(transfer => transfer.LeafIds()), branch.Ledger.SealedLeafIds.ToArray());
        branch.Credit(3, [.. window.Runs.ToArray().Select(window.Section)]);
        Assert.Equal(6, branch.Ledger.CommitSealed(window.Sequence, branch.Answers) + 1);
        Assert.Equal([0u, 1u, 3u, 4u, 4u], new[] { 2, 4, 6, 7, 8 }.Select(slice => branch.Answers[slice].Place));
    }

    [Fact]
    public void Seal_ReserveWhoseHoldHasEnded_IsLeftOut()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept(Reserve(Alice, Bob, 1, 1, holdExpiry: Start + 5), slice: 1);
        branch.Accept(Reserve(Alice, Bob, 1, 2, holdExpiry: Start + 6), slice: 2);

        branch.Pulse(2, Start + 6);

        Assert.Equal(new TransferAnswer(Outcome.Expired), branch.Answers[1]);
        Assert.Equal(Outcome.Committed, branch.Answers[2].Outcome);
        Assert.Equal((Decision.RefusedUnlessSealed, Outcome.Expired), branch.Accept(Reserve(Alice, Bob, 1, 3, holdExpiry: Start + 5)));
    }

    [Fact]
    public void Seal_NothingTookEffect_ChangesNothingAndUsesTheBufferAgain()
    {
        using BranchDriver branch = WithFunds();
        byte[] before = branch.Snapshot();
        int rented = branch.Room.Rented;
        for (int beat = 2; beat < 6; beat++)
        {
            ulong at = Start + (10 * (ulong)beat);
            branch.Accept(Pay(Alice, Bob, 1, 1, expiry: at - 1), slice: beat);
            Assert.Null(branch.Seal(beat, at));
            Assert.Equal(Outcome.Expired, branch.Answers[beat].Outcome);
        }

        Assert.Equal(rented + 1, branch.Room.Rented);
        Assert.Equal(before, branch.Snapshot());
        branch.Accept(Pay(Alice, Bob, 1, 1), slice: 99);
        Assert.NotNull(branch.Pulse(9, Start + 100));
        Assert.Equal(rented, branch.Room.Rented);
    }

    [Fact]
    public void Seal_BeatThatWasEmpty_StaysEmpty()
    {
        using BranchDriver branch = WithFunds();
        Assert.Null(branch.Seal(2, Start + 1));
        branch.Accept(Pay(Alice, Bob, 1, 1));

        Assert.Null(branch.Seal(2, Start + 1));
        Assert.Throws<InvariantBrokenException>(() => branch.Seal(1, Start));
        Assert.NotNull(branch.Pulse(3, Start + 2));
        Assert.Equal(Outcome.Committed, branch.Answers[0].Outcome);
    }

    [Fact]
    public void Seal_BeatWhoseCreditsCameAlready_StaysEmpty()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept(Pay(Alice, Bob, 1, 1));
        branch.Credit(2, new CreditSection(0, Hash256.Zero, Hash256.Zero, new[] { Credit(Bob, 0, 5) }));

        Assert.Null(branch.Seal(2, Start + 1));
        Assert.NotNull(branch.Pulse(3, Start + 2));
    }

    [Fact]
    public void Seal_BeforeThePulseOfTheLastHasEnded_Throws()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept(Pay(Alice, Bob, 1, 1));
        branch.Seal(2, Start + 1);

        Assert.Throws<InvariantBrokenException>(() => branch.Seal(3, Start + 2));
    }

    [Fact]
    public void Dispose_WindowOpen_GivesItsBufferBack()
    {
        BranchDriver branch = WithFunds();
        branch.Accept(Pay(Alice, Bob, 1, 1));
        Assert.Equal(1, branch.Room.Rented);
        branch.Ledger.Dispose();

        Assert.Equal(0, branch.Room.Rented);
        branch.Room.Dispose();
    }

    private static CreditEntry Credit(Party receiver, uint place, ulong amount) => new(receiver.Id, place, amount);
}
