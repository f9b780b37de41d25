using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>
/// A whole ledger, all its branches and an exchange between them, beside the oracle: every answer, block, section, record and synopsis is compared at
/// once. Branches restart from journal and snapshots, and are asked about earlier beats.
/// </summary>
internal sealed class LedgerStory : IDisposable
{
    private const int UndoBeatsMax = 6;
    private const ulong Start = 1_000_000;

    private readonly Random _random;
    private readonly Random _fate;
    private readonly Party _organization = Party.Of(-7);
    private readonly PlainLedger _plain;
    private readonly Storyteller _teller;
    private readonly BranchDriver[] _branches;
    private readonly List<BranchPast>[] _past;
    private readonly List<(Waiter Waiter, Outcome Outcome)> _told = [];
    private int _beat;
    private int _slice;
    private ulong _now = Start;

    public LedgerStory(LedgerCase story)
    {
        _random = new Random(story.Seed);
        _fate = new Random(~story.Seed);
        var ledger = new LedgerId(_organization.Id);
        BranchOptions options = Scene.Options(story.DepthBits) with { Ledger = ledger, UndoBeatsMax = UndoBeatsMax };
        options = story.Tight ? options with { WindowFramesMax = 12, WindowBytesMax = 4000 } : options;
        _plain = new PlainLedger(options);
        _branches = [.. _plain.Branches.Select((_, index) => new BranchDriver(options with { Branch = (uint)index }))];
        _past = [.. _branches.Select(_ => new List<BranchPast>())];
        _teller = new Storyteller(_random, _plain, _organization, story.Parties);
        LoadAccounts();
    }

    /// <summary>What became of every transfer, in the order of sending; pending if it was not told yet.</summary>
    public Outcome[] Outcomes => [.. _told.Select(told => told.Outcome != Outcome.Pending || !_plain.Answers.TryGetValue(told.Waiter, out TransferAnswer answer)
        ? told.Outcome
        : answer.Outcome)];

    /// <summary>What everybody has.</summary>
    public Dictionary<AccountId, ulong> Balances => _plain.Holders.Values.ToDictionary(holder => holder.Id, holder => holder.Balance);

    /// <summary>A step with everything that may happen.</summary>
    public void Step()
    {
        switch (_random.Next(10))
        {
            case < 6:
                SendSome();
                break;
            case < 8:
                Pulse(restarts: true);
                break;
            case 8:
                Restart((uint)_fate.Next(_branches.Length));
                break;
            default:
                LookBack();
                break;
        }
    }

    /// <summary>A step of a story that goes the same way whatever the number of branches.</summary>
    public void PlainStep()
    {
        if (_random.Next(4) != 0)
        {
            SendSome();
        }
        else
        {
            Pulse(restarts: false);
        }
    }

    public void Pulse(bool restarts)
    {
        _beat++;
        _now += (ulong)_random.Next(60);
        MaybeRestart(restarts);
        SealedWindow?[] windows = [.. _branches.Select((_, index) => Seal((uint)index))];
        if (restarts && _fate.Next(4) == 0)
        {
            // Sealing never stops acceptance.
            SendSome();
        }

        MaybeRestart(restarts, windows);
        for (uint target = 0; target < _branches.Length; target++)
        {
            Credit(target, windows);
        }

        MaybeRestart(restarts, windows);
        Assert.Equal((UInt128)_plain.Issued, _branches.Aggregate(UInt128.Zero, (sum, branch) => sum + branch.Ledger.Synopsis.Sum));
        for (uint index = 0; index < _branches.Length; index++)
        {
            Commit(index, windows[index]);
        }

        MaybeRestart(restarts);
    }

    public void Dispose() => Array.ForEach(_branches, branch => branch.Dispose());

    private void SendSome()
    {
        // A slice is sent when the next transfer is for another branch.
        var slice = new List<PlainTransfer>();
        var expected = new List<(Decision Decision, Outcome Refusal)>();
        foreach (PlainTransfer transfer in _teller.Tell(_now))
        {
            if (slice.Count != 0 && _plain.BranchOf(slice[0].Sender) != _plain.BranchOf(transfer.Sender))
            {
                Send(slice, expected);
            }

            expected.Add(_plain.Submit(transfer, new Waiter(_slice, slice.Count)));
            slice.Add(transfer);
        }

        Send(slice, expected);
    }

    private void Send(List<PlainTransfer> slice, List<(Decision Decision, Outcome Refusal)> expected)
    {
        (Decision Decision, Outcome Refusal)[] told = _branches[_plain.BranchOf(slice[0].Sender)].Accept(slice, _slice);
        for (int i = 0; i < told.Length; i++)
        {
            CheckTold(slice[i], expected[i], told[i]);
            _told.Add((new Waiter(_slice, i), told[i].Decision <= Decision.Joined ? Outcome.Pending : told[i].Refusal));
        }

        _slice++;
        slice.Clear();
        expected.Clear();
    }

    private void LoadAccounts()
    {
        // The organization's account may still have to be opened by its first issuance.
        bool hasIssued = _random.Next(2) == 0;
        AccountRecord[] records = [.. _teller.Parties.Where(party => hasIssued || party != _organization).Select(_teller.MakeRecord)];
        foreach (AccountRecord record in records)
        {
            var holder = new PlainHolder(record.Id) { Balance = record.Balance.Units, Flags = record.Flags, Salt = record.Salt };
            if (record.NonceHighest != 0)
            {
                holder.Used.Add(record.NonceHighest);
            }

            _plain.Holders.Add(record.Id, holder);
            _plain.Issued += record.Balance.Units;
        }

        foreach (BranchDriver branch in _branches)
        {
            uint index = branch.Options.Branch;
            bool issues = index == _plain.BranchOf(_organization.Id);
            branch.Load(records.Where(record => _plain.BranchOf(record.Id) == index), issues ? _plain.Issued : 0);
            Remember(index);
        }
    }

    private void CheckTold(PlainTransfer transfer, (Decision Decision, Outcome Refusal) expected, (Decision Decision, Outcome Refusal) told)
    {
        // What was committed must never be refused before the sealed windows were asked.
        bool isRight = expected.Decision != Decision.Refused
            ? told.Decision == expected.Decision
            : told.Refusal == expected.Refusal
                && (told.Decision == Decision.RefusedUnlessSealed || (told.Decision == Decision.Refused && !_plain.Committed.Contains(transfer.Id())));
        Assert.True(isRight, $"At {_now} the oracle says {expected}, the branch {told}, of {transfer}");
    }

    private SealedWindow? Seal(uint index)
    {
        BranchDriver branch = _branches[index];
        PlainBranch plain = _plain.Branches[index];
        Timestamp? deadline = branch.Ledger.NextDeadline;
        bool isAsked = branch.Ledger.OpenCount != 0 || (deadline is { } due && due.UnixMs < _now) || _fate.Next(2) == 0;
        SealedWindow? window = isAsked ? branch.Seal(_beat, _now, (ulong)_beat) : null;
        byte[]? expected = _plain.Seal(index, BranchDriver.Beat(_beat), _now, (ulong)_beat, BranchDriver.Secret(index, _beat));
        Assert.Equal(expected is null, window is null);
        if (window is null)
        {
            return null;
        }

        Assert.Equal(expected, branch.Journal[^1].Bytes[..^WindowBlock.CertificateBytes]);
        Assert.Equal(plain.BlockHash, window.BlockHash);
        CheckWindow(plain, window);
        return window;
    }

    private void CheckWindow(PlainBranch plain, SealedWindow window)
    {
        Assert.Equal(plain.WindowsRoot(), window.WindowsRoot);
        Assert.Equal(plain.Leaves, _branches[window.Branch].Ledger.SealedLeafIds.ToArray());
        SectionRun[] runs = window.Runs.ToArray();
        Assert.Equal(plain.Credits.Select(credit => _plain.BranchOf(credit.Receiver)).Distinct().Order(), runs.Select(run => run.Target));
        Assert.All(runs, run => Assert.Equal(_plain.CreditsFor(window.Branch, run.Target), window.Section(run).Entries.ToArray()));
    }

    private void Credit(uint target, SealedWindow?[] windows)
    {
        CreditSection[] sections = [.. windows.OfType<SealedWindow>().SelectMany(window => window.Runs.ToArray().Where(run => run.Target == target).Select(window.Section))];
        if (sections.Length != 0 || windows[target] is not null)
        {
            _branches[target].Credit(_beat, sections);
        }

        foreach (CreditSection section in sections)
        {
            _plain.Credit(target, section.Source, BranchDriver.Beat(_beat));
        }

        CheckState(target);
    }

    private unsafe void CheckState(uint index)
    {
        BranchLedger ledger = _branches[index].Ledger;
        PlainHolder[] holders = [.. _plain.HoldersOf(index)];
        using BranchState state = ledger.StateAsOf(BranchDriver.Beat(_beat))!;
        Assert.Equal(holders.Select(holder => holder.Record()), state.Tree.Records(chunk: 50));
        Assert.All(holders, holder => Assert.Equal(holder.Holds.Values, state.HoldsOf(holder.Id)));
        Assert.Equal(holders.Length, ledger.Accounts);
        Assert.Equal(PlainTree.Of(holders.Select(holder => new PlainAccount(holder.Record(), holder.DataRoot())), state.Tree.Translucency), ledger.Synopsis);
        Assert.True(state.Tree.Validate());
        Assert.Equal(holders.SelectMany(holder => holder.Holds.Values).Select(hold => (Timestamp?)hold.Expiry).Min(), ledger.NextDeadline);
    }

    private void Commit(uint index, SealedWindow? window)
    {
        BranchDriver branch = _branches[index];
        if (window is not null)
        {
            int waiting = _plain.Branches[index].Sealed.Sum(entry => entry.Waiters.Count);
            int toNobody = branch.Answers.ToNobody;
            int told = branch.Ledger.CommitSealed(window.Sequence, branch.Answers);
            Assert.Equal(waiting, told - (branch.Answers.ToNobody - toNobody));
            Assert.Equal(0, branch.Ledger.CommitSealed(window.Sequence, branch.Answers));
        }

        _plain.Commit(index, (ulong)_beat);
        branch.Ledger.EndBeat(new Timestamp(_now));
        _plain.Branches[index].KnownAt = _now;
        foreach ((Waiter waiter, TransferAnswer answer) in _plain.Answers.Where(pair => branch.Answers.Has(pair.Key.Slice, pair.Key.Frame)))
        {
            Assert.Equal(answer, branch.Answers[waiter.Slice, waiter.Frame]);
        }

        Remember(index);
        if (index == _branches.Length - 1)
        {
            // Nobody was forgotten, and nobody told twice (the book itself sees to that).
            Assert.Equal(_plain.Answers.Count, _branches.Sum(each => each.Answers.Count));
        }
    }

    private void Remember(uint index)
    {
        BranchDriver branch = _branches[index];
        PlainHolder[] holders = [.. _plain.HoldersOf(index)];
        _past[index].Add(new BranchPast(
            BranchDriver.Beat(_beat),
            branch.Journal.Count,
            branch.Snapshot(),
            branch.Ledger.Synopsis,
            [.. holders.Select(holder => holder.Record())],
            [.. holders.Select(holder => (Hold[])[.. holder.Holds.Values])]));
    }

    private void MaybeRestart(bool restarts, SealedWindow?[]? windows = null)
    {
        if (restarts && _fate.Next(8) == 0)
        {
            uint index = (uint)_fate.Next(_branches.Length);
            SealedWindow? last = Restart(index);
            if (windows is not null && windows[index] is { } lost)
            {
                // The section that goes out again is the one that went.
                Assert.Equal(lost.BlockHash, last!.BlockHash);
                CheckWindow(_plain.Branches[index], last);
                windows[index] = last;
            }
        }
    }

    /// <summary>Restarts a branch from one of the snapshots it could have taken; it must be what it was, to the last byte.</summary>
    private SealedWindow? Restart(uint index)
    {
        BranchDriver branch = _branches[index];
        branch.Ledger.UpdateSynopsis();
        byte[] before = branch.Snapshot();
        BranchPast from = _past[index][_fate.Next(_past[index].Count)];
        bool fromTheStart = _fate.Next(3) == 0;
        SealedWindow? last = fromTheStart ? branch.Restart() : branch.Restart(from.Snapshot, from.Beat);
        Assert.Equal(before, branch.Snapshot());
        Assert.Equal(_plain.Branches[index].BlockHash, branch.Ledger.BlockHash);
        if (_plain.Branches[index].Sealed.Count == 0 && !branch.Ledger.SealedIsCommitted)
        {
            // The pulse has ended; the branch hears of it.
            branch.Ledger.CommitSealed(last!.Sequence, branch.Answers);
        }

        _plain.Restart(index);
        if (!fromTheStart)
        {
            // It reaches back no further than it came from.
            _past[index].RemoveAll(past => past.Beat < from.Beat);
        }

        return last;
    }

    private void LookBack()
    {
        uint index = (uint)_fate.Next(_branches.Length);
        BranchDriver branch = _branches[index];
        BranchPast past = _past[index][_fate.Next(_past[index].Count)];
        using BranchState? state = branch.Ledger.StateAsOf(past.Beat);
        int since = branch.Journal.Where(block => block.Beat > past.Beat).Select(block => block.Beat).Distinct().Count();
        if (state is null)
        {
            Assert.True(since > UndoBeatsMax);
            return;
        }

        Assert.Equal(past.Synopsis, state.Tree.Synopsis);
        Assert.Equal(past.Records, state.Tree.Records(chunk: 7));
        for (int i = 0; i < past.Records.Length; i++)
        {
            Assert.Equal(past.Holds[i], state.HoldsOf(past.Records[i].Id));
        }

        Assert.True(state.Tree.Validate());
    }

    private sealed record BranchPast(
        BeatNumber Beat, int Blocks, byte[] Snapshot, Synopsis Synopsis, AccountRecord[] Records, Hold[][] Holds);
}
