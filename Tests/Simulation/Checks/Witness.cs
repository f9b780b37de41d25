using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>
/// Knows what the journal said was durable, executes it plainly, and compares with all that the ledger says. Breaches are noted, since they
/// are found in the middle of the product's code, and thrown by the run after the step.
/// </summary>
internal sealed partial class Witness(Scenario scenario, Func<long> nowTicks)
{
    private readonly SortedDictionary<ulong, SortedDictionary<uint, SealedBlock>> _open = [];
    private readonly Dictionary<Hash256, CommittedPlace> _committed = [];
    private readonly HashSet<Hash256> _leaves = [];
    private uint _epoch;
    private BeatNumber _announced;

    /// <summary>The first breach, or null.</summary>
    public ViolationException? Violation { get; private set; }

    public PlainLedger Ledger { get; } = new(scenario);

    /// <summary>The durable statements; that of n is at n - 1.</summary>
    public List<SignedStatement> Statements { get; } = [];

    public int Pulses => Statements.Count;

    public RootStatement? Last => Statements.Count == 0 ? null : Statements[^1].Statement;

    /// <summary>Crashes and failures so far: what the run had to bear.</summary>
    public int Disturbances { get; set; }

    /// <summary>Beats that ended, and when the last one did.</summary>
    public long BeatsEnded { get; private set; }

    public long LastBeatTicks { get; private set; }

    /// <summary>Timestamp of the last beat that was announced: committed time, as clients know it.</summary>
    public Timestamp AnnouncedAt { get; private set; }

    public IReadOnlyDictionary<Hash256, CommittedPlace> Committed => _committed;

    public void Violate(Rule rule, string what) => Violation ??= new ViolationException(rule, what);

    public void Require(bool holds, Rule rule, string otherwise)
    {
        if (!holds)
        {
            Violate(rule, otherwise);
        }
    }

    public void OnEpoch(uint epoch)
    {
        Require(epoch > _epoch, Rule.EpochRises, $"epoch {epoch} after {_epoch}");
        _epoch = Math.Max(epoch, _epoch);
    }

    /// <summary>The ledger told the world of a beat.</summary>
    public void OnAnnounced(PulseSummary pulse)
    {
        BeatsEnded++;
        LastBeatTicks = nowTicks();
        Require(pulse.Beat > _announced, Rule.BeatsRise, $"beat {pulse.Beat} is announced after {_announced}");
        _announced = pulse.Beat;
        AnnouncedAt = pulse.At;
        if (pulse.Sequence.Value > (ulong)Pulses)
        {
            Violate(Rule.AnnouncedIsDurable, $"pulse {pulse.Sequence} is announced, and the journal holds {Pulses}");
            return;
        }

        Require(pulse.Sequence.Value == (ulong)Pulses, Rule.SequenceHasNoGap, $"pulse {pulse.Sequence} is announced again, and {Pulses} is durable");
        if (pulse.Changed && Last is { } last)
        {
            Require(last.Beat == pulse.Beat && last.Root == pulse.Root && last.Sum == pulse.Supply, Rule.AnnouncedIsDurable, $"another pulse {pulse.Sequence} is announced than is durable");
        }
    }

    /// <summary>The journal says that a group is durable.</summary>
    private void Take(IReadOnlyList<DurableBlock> group)
    {
        foreach (DurableBlock block in group)
        {
            switch (block.Key.Kind)
            {
                case LedgerStreams.SealedBlock:
                    TakeSealed(new SealedBlock(block), block);
                    break;
                case LedgerStreams.PulseBlock:
                    TakePulse(block);
                    break;
                default:
                    break;
            }
        }
    }

    private void TakeSealed(SealedBlock window, DurableBlock block)
    {
        BeatNumber beat = window.Header.Beat;
        Require(Last is not { } last || beat > last.Beat, Rule.BeatsRise, $"{block.Key} is sealed after the pulse of its beat was committed");
        if (!_open.TryGetValue(beat.Value, out SortedDictionary<uint, SealedBlock>? windows))
        {
            _open.Add(beat.Value, windows = []);
        }

        windows[window.Branch] = window;
    }

    private void TakePulse(DurableBlock block)
    {
        if (!PulseBlock.TryRead(block.Body, out PulseBlock? pulse))
        {
            Violate(Rule.StatementsChain, $"{block.Key} is no pulse");
            return;
        }

        RootStatement statement = pulse!.Statement.Statement;
        CheckChain(statement, pulse.Statement);
        IReadOnlyList<SealedBlock> windows = WindowsOf(statement);
        try
        {
            Ledger.Execute(windows, statement.Timestamp, (id, place) => TakeCommitted(statement, id, place));
        }
        catch (ViolationException breach)
        {
            Violation ??= breach;
        }

        Synopsis root = Ledger.Root();
        Require(
            root.Sum == Ledger.Supply && statement.Sum.Units == Ledger.Supply,
            Rule.SupplyIsConserved,
            $"pulse {statement.TimeSequence}: {Ledger.Supply} issued, {statement.Sum} signed, {root.Sum} in accounts");
        Require(statement.Root == root.Digest, Rule.RootFollows, $"pulse {statement.TimeSequence} has another root than the plain tree");
        CheckDeadlines(statement, windows);
        Statements.Add(pulse.Statement);
    }

    private void CheckChain(in RootStatement statement, SignedStatement signed)
    {
        ulong expected = (ulong)Pulses + 1;
        Require(statement.TimeSequence.Value == expected, Rule.SequenceHasNoGap, $"pulse {statement.TimeSequence} is committed where {expected} was due");
        Hash256 previous = Last is { } last ? last.Digest() : Hash256.Zero;
        Require(statement.Previous == previous, Rule.StatementsChain, $"pulse {statement.TimeSequence} does not name the one before");
        Require(Last is not { } before || statement.Beat > before.Beat, Rule.BeatsRise, $"pulse {statement.TimeSequence} has beat {statement.Beat}");
        Require(Last is not { } earlier || statement.Timestamp >= earlier.Timestamp, Rule.TimeGoesOn, $"pulse {statement.TimeSequence} is of {statement.Timestamp}");
        // A signature costs as much as everything else of a pulse together.
        if (expected % 8 == 1)
        {
            Require(signed.Verify(Parties.OfThread.Committee) == StatementVerdict.Valid, Rule.StatementsChain, $"pulse {statement.TimeSequence} is not signed");
        }
    }

    private SealedBlock[] WindowsOf(in RootStatement statement)
    {
        ulong beat = statement.Beat.Value;
        ulong sequence = statement.TimeSequence.Value;
        _open.Remove(beat, out SortedDictionary<uint, SealedBlock>? windows);
        if (_open.Count != 0)
        {
            Violate(Rule.SealedIsCommitted, $"pulse {statement.TimeSequence} of beat {statement.Beat} passes over what was sealed for beat {new BeatNumber(_open.First().Key)}");
            _open.Clear();
        }

        SealedBlock[] all = [.. windows?.Values ?? Enumerable.Empty<SealedBlock>()];
        foreach (SealedBlock window in all)
        {
            Require(
                window.Header.Sequence.Value == sequence && window.Header.At == statement.Timestamp,
                Rule.SealedIsCommitted,
                $"branch {window.Branch} sealed for pulse {window.Header.Sequence} at {window.Header.At}, which is committed as {sequence}");
        }

        return all;
    }

    private void TakeCommitted(in RootStatement statement, in Hash256 id, CommittedPlace place)
    {
        CommittedPlace committed = place with { Sequence = statement.TimeSequence, At = statement.Timestamp, KnownSinceTicks = nowTicks() };
        Require(_committed.TryAdd(id, committed), Rule.TransferOnce, $"transfer {id} took effect in pulse {_committed.GetValueOrDefault(id)?.Sequence} and again in {statement.TimeSequence}");
        foreach (Hash256 leaf in place.Leaves)
        {
            Require(_leaves.Add(leaf), Rule.TransferOnce, $"leaf {leaf} of pulse {statement.TimeSequence} was there before");
        }
    }

    /// <summary>A branch that did not seal in a beat whose windows were found after a crash is excused until the next.</summary>
    private void CheckDeadlines(in RootStatement statement, IReadOnlyList<SealedBlock> windows)
    {
        if (windows.All(window => window.Disturbances == Disturbances) && Ledger.Overdue(statement.Timestamp) is { } overdue)
        {
            Violate(Rule.DeadlineIsKept, $"the hold {overdue.Hold.Nonce} of {overdue.Owner} until {overdue.Hold.Expiry} is there after pulse {statement.TimeSequence} at {statement.Timestamp}");
        }
    }
}
