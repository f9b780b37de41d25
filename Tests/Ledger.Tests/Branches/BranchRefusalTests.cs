using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using static LeitherCluster.Tests.Ledger.Branches.Scene;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Every refusal, and which of them is said when several apply: the lowest.</summary>
public sealed class BranchRefusalTests
{
    private const ulong HighestNonce = 100;
    private const ulong Funds = 1000;
    private const ulong Issued = 5 * Funds;

    private static readonly Party Rich = Party.Of(11);
    private static readonly Party Frozen = Party.Of(12);
    private static readonly Party Holding = Party.Of(13);
    private static readonly Party Unknown = Party.Of(14);
    private static readonly Party Filler = Party.Of(15);

    private static readonly TransferKind[] s_debiting = [TransferKind.Pay, TransferKind.Reserve, TransferKind.Bundle];
    private static readonly bool[] s_noYes = [false, true];

    private static readonly (ulong Nonce, Outcome? Refusal)[] s_nonces =
    [
        (HighestNonce + 1, null),
        (HighestNonce + 64, null),
        (HighestNonce, Outcome.NonceUsed),
        (HighestNonce - 64, Outcome.NonceTooOld),
        (HighestNonce + 65, Outcome.NonceTooFarAhead),
    ];

    [Fact]
    public void Accept_SeveralRefusalsOfADebitApply_SaysTheLowest()
    {
        using BranchDriver idle = Accounts();
        using BranchDriver full = Accounts(fill: true);
        int cases = 0;
        foreach (TransferKind kind in s_debiting)
        {
            foreach (Party sender in new[] { Rich, Frozen, Holding })
            {
                foreach ((ulong nonce, Outcome? nonceRefusal) in s_nonces)
                {
                    foreach ((bool isExpired, bool isTooMuch, bool isBusy) in Triples())
                    {
                        List<Outcome?> refusals =
                        [
                            isExpired ? Outcome.Expired : null,
                            nonceRefusal,
                            sender == Frozen ? Outcome.AccountFrozen : null,
                            isTooMuch ? Outcome.InsufficientFunds : null,
                            sender == Holding && kind == TransferKind.Reserve ? Outcome.TooManyHolds : null,
                            isBusy ? Outcome.Busy : null,
                        ];
                        PlainTransfer transfer = Debit(kind, sender, isTooMuch ? Funds + 1 : 1, nonce) with { Expiry = isExpired ? Start - 1 : Start };
                        cases += AssertLowest(isBusy ? full : idle, transfer, refusals);
                    }
                }
            }
        }

        Assert.True(cases > 200);
    }

    [Fact]
    public void Accept_SenderUnknown_NoncesComeFirst()
    {
        using BranchDriver branch = Accounts();
        AssertLowest(branch, Pay(Unknown, Rich, 1, 1), [Outcome.UnknownSender]);
        AssertLowest(branch, Pay(Unknown, Rich, 1, 64), [Outcome.UnknownSender]);
        AssertLowest(branch, Pay(Unknown, Rich, 1, 65), [Outcome.NonceTooFarAhead]);
        AssertLowest(branch, Pay(Unknown, Rich, 1, 65, expiry: Start - 1), [Outcome.Expired]);
        AssertLowest(branch, Release(Reserve(Unknown, Rich, 1, 1), Rich), [Outcome.UnknownSender]);
        AssertLowest(branch, Release(Reserve(Unknown, Rich, 1, 1), Rich) with { Expiry = Start - 1 }, [Outcome.Expired]);
    }

    [Fact]
    public void Accept_SeveralRefusalsOfAnIssuanceApply_SaysTheLowest()
    {
        using BranchDriver idle = Accounts();
        using BranchDriver full = Accounts(fill: true);
        foreach ((ulong nonce, Outcome? nonceRefusal) in s_nonces)
        {
            foreach ((bool isExpired, bool isTooMuch, bool isBusy) in Triples())
            {
                List<Outcome?> refusals =
                    [isTooMuch ? Outcome.AmountOverflow : null, isExpired ? Outcome.Expired : null, nonceRefusal, isBusy ? Outcome.Busy : null];
                PlainTransfer issue = Issue(Rich, ulong.MaxValue - Issued + (isTooMuch ? 1ul : 0), nonce) with { Expiry = isExpired ? Start - 1 : Start };
                if (refusals.TrueForAll(refusal => refusal is null))
                {
                    continue;
                }

                AssertLowest(isBusy ? full : idle, issue, refusals);
            }
        }
    }

    [Fact]
    public void Accept_SeveralRefusalsOnAHoldApply_SaysTheLowest()
    {
        using BranchDriver idle = Accounts();
        using BranchDriver full = Accounts(fill: true);
        foreach (bool isPost in s_noYes)
        {
            foreach ((bool isExpired, bool isUnknown, bool isMismatch) in Triples())
            {
                foreach ((bool isStranger, bool isFrozen, bool isBusy) in Triples())
                {
                    List<Outcome?> refusals =
                    [
                        isExpired ? Outcome.Expired : null,
                        isFrozen ? Outcome.AccountFrozen : null,
                        isUnknown ? Outcome.UnknownHold : null,
                        isMismatch ? Outcome.HoldMismatch : null,
                        isStranger ? Outcome.NotPermitted : null,
                        isBusy ? Outcome.Busy : null,
                    ];
                    PlainTransfer hold = Reserve(isFrozen ? Frozen : Holding, isMismatch ? Alice : Rich, 1, isUnknown ? 7ul : HighestNonce + 1);
                    PlainTransfer action = isPost
                        ? Post(hold, 1, 1, isStranger ? Stranger : isFrozen ? Frozen : Holding)
                        : Release(hold, isStranger ? Stranger : Rich);

                    AssertLowest(isBusy ? full : idle, action with { Expiry = isExpired ? Start - 1 : Start }, refusals);
                }
            }
        }
    }

    [Fact]
    public void Accept_PostOfAnotherAmountHeldOrMoreThanHeld_IsAMismatch()
    {
        using BranchDriver branch = Accounts();
        PlainTransfer hold = Reserve(Holding, Rich, 1, HighestNonce + 1);
        AssertLowest(branch, Post(hold, 1, 2, Holding), [Outcome.HoldMismatch]);
        AssertLowest(branch, Post(hold, 2, 1, Holding), [Outcome.HoldMismatch]);
        AssertLowest(branch, Post(hold, 2, 2, Holding), [Outcome.HoldMismatch]);
        Assert.Equal(Decision.Accepted, branch.Accept(Post(hold, 1, 1, Holding)).Decision);
    }

    [Fact]
    public void Accept_HoldTakenInTheOpenWindow_IsAMismatchForAllOthers()
    {
        using BranchDriver branch = Accounts();
        PlainTransfer hold = Reserve(Holding, Rich, 1, HighestNonce + 1);
        branch.Accept(Post(hold, 1, 1, Holding), slice: 0);

        AssertLowest(branch, Release(hold, Rich), [Outcome.HoldMismatch]);
        AssertLowest(branch, Release(hold, Stranger), [Outcome.HoldMismatch]);
        AssertLowest(branch, Post(hold, 1, 1, Holding) with { Reference = 5 }, [Outcome.HoldMismatch]);
        Assert.Equal(Decision.Joined, branch.Accept(Post(hold, 1, 1, Stranger), slice: 9).Decision);
    }

    [Fact]
    public void Accept_OrganizationIssuesAndPays_NeitherTakesFromTheOther()
    {
        using BranchDriver branch = Accounts();
        Assert.Equal(Decision.Accepted, branch.Accept(Issue(Rich, Funds * 3, HighestNonce + 1), slice: 0).Decision);
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Organization, Rich, Funds - 1, HighestNonce + 2), slice: 1).Decision);
        AssertLowest(branch, Pay(Organization, Rich, 2, HighestNonce + 3), [Outcome.InsufficientFunds]);
        AssertLowest(branch, Issue(Rich, ulong.MaxValue - Issued - (Funds * 3) + 1, HighestNonce + 3), [Outcome.AmountOverflow]);
        Assert.Equal(Decision.Accepted, branch.Accept(Issue(Rich, ulong.MaxValue - Issued - (Funds * 3), HighestNonce + 3), slice: 2).Decision);

        branch.Pulse(5, Start + 1);
        Assert.All([0, 1, 2], slice => Assert.Equal(Outcome.Committed, branch.Answers[slice].Outcome));
        Assert.Equal(ulong.MaxValue, branch.Ledger.Synopsis.Sum);
        Assert.Equal(ulong.MaxValue, branch.Ledger.IssuedTotal);
    }

    [Fact]
    public void Accept_WindowFullOfFramesOrBytes_IsBusyUntilTheNext()
    {
        using var byFrames = WithFunds(options => options with { WindowFramesMax = 1 });
        using var byBytes = WithFunds(options => options with { WindowBytesMax = 192 + 480 + 96 });
        foreach (BranchDriver branch in new[] { byFrames, byBytes })
        {
            Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 1, 1)).Decision);
            byte[] before = branch.Snapshot();
            AssertLowest(branch, Pay(Alice, Bob, 1, 2), [Outcome.Busy]);
            Assert.Equal(before, branch.Snapshot());
            branch.Pulse(2, Start + 1);
            Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 1, 2), slice: 1).Decision);
        }
    }

    [Fact]
    public void Accept_WindowOfAnySize_CountsNoBytesBeyond31Bits()
    {
        using BranchDriver branch = WithFunds(options => options with { WindowBytesMax = int.MaxValue });
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 1, 1)).Decision);
        using BranchDriver tiny = WithFunds(options => options with { WindowBytesMax = 800 });
        tiny.Room.BufferBytesMax = 0;
        AssertLowest(tiny, Pay(Alice, Bob, 1, 1), [Outcome.Busy]);
    }

    [Fact]
    public void Accept_NoBufferOrNoneThatGrows_IsBusyAndReservesNothing()
    {
        using BranchDriver branch = WithFunds();
        int rented = branch.Room.Rented;
        branch.Room.BuffersLeft = 0;
        AssertLowest(branch, Pay(Alice, Bob, 1000, 1), [Outcome.Busy]);
        branch.Room.BuffersLeft = 10;
        branch.Room.BufferBytesMax = 100;
        AssertLowest(branch, Pay(Alice, Bob, 1000, 1), [Outcome.Busy]);
        branch.Room.BufferBytesMax = 192 + 96;
        AssertLowest(branch, Pay(Alice, Bob, 1000, 1), [Outcome.Busy]);
        branch.Room.BufferBytesMax = 192 + 304 + 96;
        Assert.Equal(Decision.Accepted, branch.Accept(Pay(Alice, Bob, 1000, 1), slice: 0).Decision);
        AssertLowest(branch, Pay(Bob, Alice, 1000, 1), [Outcome.Busy]);
        Assert.Equal(rented + 1, branch.Room.Rented);

        SealedWindow window = branch.Pulse(2, Start + 1)!;
        Assert.Equal(1, window.Leaves);
        Assert.Equal(2000ul, BalanceOf(branch, Bob));
    }

    private static BranchDriver Accounts(bool fill = false)
    {
        var branch = new BranchDriver(Options() with { WindowFramesMax = fill ? HoldBook.CountMax : 1 << 16 });
        branch.Load(
            [
                Account(Organization, RecordFlags.System),
                Account(Rich),
                Account(Frozen, RecordFlags.Frozen),
                Account(Holding),
                Account(Filler),
            ],
            Issued);
        branch.Accept([.. Enumerable.Range(1, HoldBook.CountMax).Select(i => Reserve(Holding, Rich, 1, HighestNonce + (ulong)i))], slice: -1);
        branch.Pulse(1, Start - 1);

        branch.Ledger.EndBeat(new Timestamp(Start));
        if (fill)
        {
            branch.Accept([.. Enumerable.Range(1, HoldBook.CountMax).Select(i => Pay(Filler, Rich, 1, HighestNonce + (ulong)i))], slice: -2);
        }

        return branch;
    }

    private static AccountRecord Account(Party party, RecordFlags flags = RecordFlags.None) => new()
    {
        Id = party.Id,
        Flags = flags,
        Balance = new Amount(Funds),
        NonceHighest = HighestNonce,
        NonceBitmap = 1,
    };

    private static PlainTransfer Debit(TransferKind kind, Party sender, ulong amount, ulong nonce)
    {
        // The holding account has used 64 nonces more.
        nonce += sender == Holding ? 64ul : 0;
        return kind switch
        {
            TransferKind.Pay => Pay(sender, Alice, amount, nonce),
            TransferKind.Reserve => Reserve(sender, Alice, amount, nonce),
            _ => Bundle(sender, nonce, (Alice, amount)),
        };
    }

    /// <summary>The branch says the lowest of the refusals and changes nothing. Counts one if there was any to say.</summary>
    private static int AssertLowest(BranchDriver branch, PlainTransfer transfer, List<Outcome?> refusals)
    {
        if (refusals.TrueForAll(refusal => refusal is null))
        {
            return 0;
        }

        int open = branch.Ledger.OpenCount;
        (Decision decision, Outcome refusal) = branch.Accept(transfer, slice: 1_000_000);
        Assert.True(decision is Decision.Refused or Decision.RefusedUnlessSealed, $"{decision} of {transfer}");
        Assert.Equal(refusals.Min(), refusal);
        Assert.Equal(open, branch.Ledger.OpenCount);
        return 1;
    }

    private static IEnumerable<(bool First, bool Second, bool Third)> Triples() =>
        from first in s_noYes from second in s_noYes from third in s_noYes select (first, second, third);
}
