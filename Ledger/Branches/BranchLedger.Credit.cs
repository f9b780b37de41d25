using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Crediting: what other branches (and this one) sealed for the accounts here.</content>
public sealed unsafe partial class BranchLedger
{
    private int[] _targetCounts = [];
    private CreditEntry[] _grouped = [];
    private SectionRun[] _runs = [];

    /// <summary>
    /// Begins to apply the credits of a beat. Sections follow in ascending order of their source, each once, by <see cref="ApplySection"/>.
    /// </summary>
    public void BeginCredits(BeatNumber beat)
    {
        Invariant.Holds(beat > CreditedBeat, "credits of a beat are applied once");
        Invariant.Holds(beat >= SealedBeat, "credits follow the debits of their beat");
        _undo.Open(beat);
        CreditedBeat = beat;
        _dirty = true;
    }

    /// <summary>
    /// Applies one section. A credit is never refused: it opens a missing account, and enters a frozen one.
    /// </summary>
    /// <exception cref="InvariantBrokenException">A receiver does not live here, or the balance would exceed 64 bits.</exception>
    public void ApplySection(in Hash256 secret, ReadOnlySpan<CreditEntry> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (i % LookAhead == 0)
            {
                PrefetchReceivers(entries[i..Math.Min(i + LookAhead, entries.Length)]);
            }

            ref readonly CreditEntry credit = ref entries[i];
            Invariant.Holds(credit.Receiver.Prefix(_options.DepthBits) == Branch, "a credit comes to the branch of its receiver");
            AccountRecord* record = _tree.FindOrOpen(credit.Receiver, out bool opened);
            if (opened)
            {
                record->Salt = SaltOf(secret, credit.Receiver);
                _undo.RecordOpened(*record);
            }
            else
            {
                _undo.Record(*record);
            }

            Invariant.Holds(record->Balance.TryAdd(new Amount(credit.Amount), out record->Balance), "no balance exceeds the supply");
        }
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

    private void PrefetchReceivers(ReadOnlySpan<CreditEntry> entries)
    {
        foreach (ref readonly CreditEntry entry in entries)
        {
            _tree.PrefetchBucket(entry.Receiver);
        }

        foreach (ref readonly CreditEntry entry in entries)
        {
            _tree.PrefetchRecord(entry.Receiver);
        }
    }

    /// <summary>Sorts the outgoing credits by target, keeping their order within one; the runs say where each target's are.</summary>
    private ReadOnlyMemory<SectionRun> GroupByTarget()
    {
        int targets = 1 << _options.DepthBits;
        if (_targetCounts.Length != targets)
        {
            _targetCounts = new int[targets];
        }

        if (_grouped.Length < _outgoing.Length)
        {
            _grouped = new CreditEntry[_outgoing.Length];
        }

        int[] next = _targetCounts;
        Array.Clear(next);
        ReadOnlySpan<CreditEntry> credits = _outgoing.AsSpan(0, _outgoingCount);
        foreach (ref readonly CreditEntry credit in credits)
        {
            next[credit.Receiver.Prefix(_options.DepthBits)]++;
        }

        int runCount = 0;
        int start = 0;
        for (uint target = 0; target < (uint)targets; target++)
        {
            int count = next[target];
            next[target] = start;
            if (count != 0)
            {
                if (runCount == _runs.Length)
                {
                    Array.Resize(ref _runs, Math.Max(16, runCount * 2));
                }

                _runs[runCount++] = new SectionRun(target, start, count);
                start += count;
            }
        }

        foreach (ref readonly CreditEntry credit in credits)
        {
            _grouped[next[credit.Receiver.Prefix(_options.DepthBits)]++] = credit;
        }

        (_outgoing, _grouped) = (_grouped, _outgoing);
        return _runs.AsMemory(0, runCount);
    }
}
