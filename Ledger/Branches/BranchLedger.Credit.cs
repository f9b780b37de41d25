using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Crediting: what other branches (and this one) sealed for the accounts here.</content>
public sealed unsafe partial class BranchLedger
{
    private const int GroupBits = 8;

    private CreditEntry[] _grouped = [];
    private SectionRun[] _runs = [];
    private int _runCount;

    /// <summary>
    /// Begins to apply the credits of a beat. Sections follow in ascending order of their source, each once, by <see cref="ApplySection"/>.
    /// From now on no window is sealed for the beat.
    /// </summary>
    public void BeginCredits(BeatNumber beat)
    {
        RequireWhole();
        Invariant.Holds(beat > CreditedBeat, "credits of a beat are applied once");
        Invariant.Holds(beat >= ClosedBeat, "credits follow the debits of their beat, and no later ones");
        _undo.Open(beat);
        CreditedBeat = beat;
        ClosedBeat = beat;
        _dirty = true;
    }

    /// <summary>
    /// Applies one section. A credit is never refused: it opens a missing account, and enters a frozen one.
    /// </summary>
    /// <exception cref="InvariantBrokenException">A receiver does not live here, or the balance would exceed 64 bits.</exception>
    public void ApplySection(in Hash256 secret, ReadOnlySpan<CreditEntry> entries)
    {
        RequireWhole();
        Invariant.Holds(_undo.Current == CreditedBeat, "sections follow the beginning of their beat's credits");
        BeginChange();
        _lastCredits = CreditedBeat;
        var receivers = new Receivers(entries);
        for (int i = 0; i < entries.Length; i++)
        {
            AccountPrefetch.Before(i, _tree, receivers);
            ref readonly CreditEntry credit = ref entries[i];
            Invariant.Holds(credit.Receiver.Prefix(_options.DepthBits) == Branch, "a credit comes to the branch of its receiver");
            AccountRecord* record = _tree.FindOrOpen(credit.Receiver, out bool opened);
            if (opened)
            {
                record->Salt = SaltOf(secret, credit.Receiver);
                _undo.RecordOpened(credit.Receiver);
            }
            else
            {
                _undo.Record(record);
            }

            Invariant.Holds(record->Balance.TryAdd(new Amount(credit.Amount), out record->Balance), "no balance exceeds the supply");
        }

        EndChange();
    }

    /// <summary>The salt of an account that a section's credit opens (docs/PROTOCOL.md, section 2).</summary>
    public static ulong SaltOf(in Hash256 secret, in AccountId id)
    {
        Span<byte> key = stackalloc byte[Hash256.ByteLength];
        Span<byte> message = stackalloc byte[AccountId.SizeBytes];
        secret.CopyTo(key);
        id.CopyTo(message);
        Hash256 hash = Blake3.KeyedHash(key, message);
        return Unsafe.As<Hash256, ulong>(ref hash);
    }

    /// <summary>
    /// Sorts the outgoing credits by target, keeping their order within one, eight bits of the target at a time; the runs say where each
    /// target's are.
    /// </summary>
    private void GroupByTarget()
    {
        if (_grouped.Length < _outgoingCount)
        {
            _grouped = new CreditEntry[_outgoing.Length];
        }

        Span<CreditEntry> from = _outgoing.AsSpan(0, _outgoingCount);
        Span<CreditEntry> to = _grouped.AsSpan(0, _outgoingCount);
        int passes = (_options.DepthBits + GroupBits - 1) / GroupBits;
        for (int pass = 0; pass < passes; pass++)
        {
            GroupByBits(from, to, pass * GroupBits);
            Span<CreditEntry> swap = from;
            from = to;
            to = swap;
        }

        if (passes % 2 == 0)
        {
            from.CopyTo(_grouped);
        }

        ListRuns();
    }

    /// <summary>A stable counting sort by some bits of the target, the lowest being bit <paramref name="lowBit"/>.</summary>
    private void GroupByBits(ReadOnlySpan<CreditEntry> from, Span<CreditEntry> to, int lowBit)
    {
        Span<int> next = stackalloc int[1 << GroupBits];
        next.Clear();
        foreach (ref readonly CreditEntry credit in from)
        {
            next[(byte)(TargetOf(credit) >> lowBit)]++;
        }

        int start = 0;
        foreach (ref int count in next)
        {
            (count, start) = (start, start + count);
        }

        foreach (ref readonly CreditEntry credit in from)
        {
            to[next[(byte)(TargetOf(credit) >> lowBit)]++] = credit;
        }
    }

    private void ListRuns()
    {
        _runCount = 0;
        int start = 0;
        while (start < _outgoingCount)
        {
            uint target = TargetOf(_grouped[start]);
            int end = start + 1;
            while (end < _outgoingCount && TargetOf(_grouped[end]) == target)
            {
                end++;
            }

            if (_runCount == _runs.Length)
            {
                Array.Resize(ref _runs, Math.Max(16, _runCount * 2));
            }

            _runs[_runCount++] = new SectionRun(target, start, end - start);
            start = end;
        }
    }

    private uint TargetOf(in CreditEntry credit) => credit.Receiver.Prefix(_options.DepthBits);

    private readonly ref struct Receivers(ReadOnlySpan<CreditEntry> credits) : IAccountRow
    {
        private readonly ReadOnlySpan<CreditEntry> _credits = credits;

        public int Count => _credits.Length;

        public void PrefetchId(int index)
        {
            // The processor sees for itself that they are read one behind the other.
        }

        public AccountId Id(int index) => _credits[index].Receiver;

        public void PrefetchBeside(in AccountId id)
        {
            // There is nothing.
        }
    }
}
