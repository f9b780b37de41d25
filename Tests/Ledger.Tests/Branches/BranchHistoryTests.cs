using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Tree;
using static LeitherCluster.Tests.Ledger.Branches.Scene;

namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchHistoryTests
{
    [Fact]
    public void StateAsOf_EarlierBeats_AreWhatTheyWereAsFarAsMemoryReaches()
    {
        const int Beats = 20;
        const int Kept = 8;
        using BranchDriver branch = WithFunds(options => options with { UndoBeatsMax = Kept });
        List<Synopsis> synopses = [default, branch.Ledger.Synopsis];
        for (int beat = 2; beat <= Beats; beat++)
        {
            branch.Accept([Pay(Alice, Party.Of(1000 + beat), 1, (ulong)beat), Reserve(Bob, Carol, 1, (ulong)beat, holdExpiry: Start + (ulong)beat + 3)], slice: beat);
            branch.Pulse(beat, Start + (ulong)beat);
            synopses.Add(branch.Ledger.Synopsis);
        }

        for (int beat = 1; beat <= Beats; beat++)
        {
            using BranchState? state = branch.Ledger.StateAsOf(BranchDriver.Beat(beat));
            Assert.Equal(beat < Beats - Kept, state is null);
            Assert.Equal(state is null ? null : synopses[beat], state?.Tree.Synopsis);
            Assert.True(state is null || state.Tree.Validate());
        }
    }

    [Fact]
    public void StateAsOf_MoreBytesThanAreKept_ForgetsTheOldest()
    {
        // Each beat changes two records; a page more than the bytes is kept while its beat is the newest.
        using BranchDriver branch = WithFunds(options => options with { UndoBytesMax = 5 * 2 * AccountRecord.SizeBytes });
        for (int beat = 2; beat <= 12; beat++)
        {
            branch.Accept(Pay(Alice, Bob, 1, (ulong)beat), slice: beat);
            branch.Pulse(beat, Start + (ulong)beat);
        }

        Assert.Null(branch.Ledger.StateAsOf(BranchDriver.Beat(6)));
        using BranchState? state = branch.Ledger.StateAsOf(BranchDriver.Beat(7));
        Assert.NotNull(state);
    }

    [Fact]
    public void StateAsOf_ABeatBiggerThanAllThatIsKept_IsToBeHadWhileTheNextIsUnderWay()
    {
        using BranchDriver branch = WithFunds(options => options with { UndoBytesMax = 1 });
        branch.Accept([Pay(Alice, Bob, 1, 1), Pay(Bob, Alice, 1, 1), Pay(Carol, Alice, 1, 1)]);
        Synopsis before = branch.Ledger.Synopsis;
        SealedWindow window = branch.Seal(2, Start + 1)!;
        AssertIs(before, branch, 1);
        branch.Credit(2, [.. window.Runs.ToArray().Select(window.Section)]);
        AssertIs(before, branch, 1);
        branch.Ledger.CommitSealed(window.Sequence, branch.Answers);
        branch.Ledger.EndBeat(window.At);

        Assert.Null(branch.Ledger.StateAsOf(BranchDriver.Beat(1)));
        AssertIs(branch.Ledger.Synopsis, branch, 2);
    }

    [Fact]
    public void StateAsOf_InReplay_KeepsNoMoreThanItsBounds()
    {
        using BranchDriver branch = WithFunds(options => options with { UndoBeatsMax = 4 });
        for (int beat = 2; beat <= 12; beat++)
        {
            branch.Accept(Pay(Alice, Bob, 1, (ulong)beat), slice: beat);
            branch.Pulse(beat, Start + (ulong)beat);
        }

        // The last beat has not ended for it: that is one more.
        branch.Restart();
        Assert.Null(branch.Ledger.StateAsOf(BranchDriver.Beat(6)));
        using BranchState? state = branch.Ledger.StateAsOf(BranchDriver.Beat(7));
        Assert.NotNull(state);
    }

    [Fact]
    public void StateAsOf_TheBeatUnderWay_IsNotToBeHad()
    {
        using BranchDriver branch = WithFunds();
        branch.Accept(Pay(Alice, Bob, 1, 1));
        SealedWindow window = branch.Seal(2, Start + 1)!;
        Assert.Null(branch.Ledger.StateAsOf(BranchDriver.Beat(2)));
        branch.Credit(2, [.. window.Runs.ToArray().Select(window.Section)]);
        AssertIs(branch.Ledger.Synopsis, branch, 2);
    }

    [Fact]
    public void StateAsOf_AWindowOfWhichNothingTookEffect_CanBeProvenFrom()
    {
        using BranchDriver branch = WithFunds();
        Synopsis before = branch.Ledger.Synopsis;
        branch.Accept(Pay(Alice, Bob, 1, 1, expiry: Start + 5));
        Assert.Null(branch.Seal(2, Start + 6));

        using BranchState? state = branch.Ledger.StateAsOf(BranchDriver.Beat(2));
        Assert.False(state!.Tree.HasChanges);
        Assert.Equal(before, state.Tree.Synopsis);
    }

    [Fact]
    public void StateAsOf_BeforeEverything_IsEmpty()
    {
        using BranchDriver branch = WithFunds();
        AssertIs(Synopsis.Empty, branch, 0);
    }

    [Fact]
    public void StateAsOf_BeforeTheSnapshotItCameFrom_IsNotToBeHad()
    {
        using BranchDriver branch = WithFunds();
        branch.Restart(branch.Snapshot(), BranchDriver.Beat(1));

        Assert.Null(branch.Ledger.StateAsOf(BranchDriver.Beat(0)));
        AssertIs(branch.Ledger.Synopsis, branch, 1);
    }

    private static void AssertIs(Synopsis expected, BranchDriver branch, int beat)
    {
        using BranchState? state = branch.Ledger.StateAsOf(BranchDriver.Beat(beat));
        Assert.Equal(expected, state?.Tree.Synopsis);
    }
}
