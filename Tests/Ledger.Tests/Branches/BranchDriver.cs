using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>One branch with its journal in memory and everything it answered, driven in terms of plain transfers.</summary>
internal sealed unsafe class BranchDriver : IDisposable
{
    private const ulong FirstBeat = 1UL << 32;

    private readonly TestRoom _room = new();
    private byte[]? _first;

    public BranchDriver(BranchOptions options)
    {
        Options = options;
        Ledger = new BranchLedger(options);
    }

    public BranchOptions Options { get; }

    public TestRoom Room => _room;

    public BranchLedger Ledger { get; private set; }

    public AnswerBook Answers { get; } = new();

    /// <summary>Blocks of the branch in the order in which they are replayed.</summary>
    public List<(BeatNumber Beat, bool IsCredits, byte[] Bytes)> Journal { get; } = [];

    public static BeatNumber Beat(int number) => new(FirstBeat + (ulong)number);

    /// <summary>The secret that the branch draws for this beat in all tests.</summary>
    public static Hash256 Secret(uint branch, int beat) => Blake3.Hash([.. BitConverter.GetBytes(branch), .. BitConverter.GetBytes(beat)]);

    /// <summary>Sends one frame; the waiter is (slice, 0).</summary>
    public (Decision Decision, Outcome Refusal) Accept(PlainTransfer transfer, int slice = 0) => Accept([transfer], slice)[0];

    /// <summary>Sends frames as one slice, the waiters being (slice, 0), (slice, 1), ...</summary>
    public (Decision Decision, Outcome Refusal)[] Accept(IReadOnlyList<PlainTransfer> transfers, int slice = 0)
    {
        byte[][] frames = [.. transfers.Select(transfer => transfer.Frame())];
        int[] offsets = new int[frames.Length];
        Hash256[] ids = new Hash256[frames.Length];
        int[] order = [.. Enumerable.Range(0, frames.Length)];
        byte[] batch = [.. frames.SelectMany(frame => frame)];
        for (int i = 0, at = 0; i < frames.Length; at += frames[i].Length, i++)
        {
            offsets[i] = at;
            ids[i] = TransferIds.Compute(new TransferFrame(frames[i]));
            Assert.Equal(transfers[i].Id(), ids[i]);
        }

        Decision[] decisions = new Decision[frames.Length];
        Outcome[] refusals = new Outcome[frames.Length];
        int waiting;
        fixed (byte* start = batch)
        {
            waiting = Ledger.Accept(new FrameSlice(start, offsets, ids, order, slice), _room.Rent, decisions, refusals);
        }

        // The batch is its sender's again.
        Array.Fill(batch, (byte)0xEE);
        Assert.Equal(decisions.Count(decision => decision is Decision.Accepted or Decision.Joined), waiting);
        return [.. decisions.Zip(refusals)];
    }

    /// <summary>Seals and, as the actor does, adds the certificate and journals the block.</summary>
    public SealedWindow? Seal(int beat, ulong at, ulong sequence = 0)
    {
        SealedWindow? window = Ledger.Seal(
            Beat(beat), new Timestamp(at), new TimeSequence(sequence), Secret(Options.Branch, beat), _room.Rent, Answers);
        if (window is null)
        {
            return null;
        }

        WindowBuffer block = window.Block!;
        byte* certificate = block.TryExtend(WindowBlock.CertificateBytes);
        Assert.True(certificate != null);
        new Span<byte>(certificate, WindowBlock.CertificateBytes).Fill(0xCE);
        Journal.Add((window.Beat, false, block.Span.ToArray()));
        block.GiveBack();
        return window;
    }

    /// <summary>Applies sections, journals them, and brings the synopsis up to date.</summary>
    public void Credit(int beat, params IReadOnlyList<CreditSection> sections)
    {
        Ledger.BeginCredits(Beat(beat));
        byte[] block = new byte[CreditsBlock.SizeOf(sections.Count, sections.Sum(section => section.Entries.Length))];
        CreditsBlock.WriteHeader(block, Options.Ledger, Options.Branch, Beat(beat), sections.Count);
        Span<byte> rest = block.AsSpan(CreditsBlock.HeaderBytes);
        foreach (CreditSection section in sections)
        {
            Ledger.ApplySection(section.Secret, section.Entries.Span);
            rest = rest[CreditsBlock.WriteSection(rest, section)..];
        }

        Assert.True(rest.IsEmpty);
        Journal.Add((Beat(beat), true, block));
        Ledger.UpdateSynopsis();
    }

    /// <summary>All that a beat is for a ledger of one branch: seal, credit, commit.</summary>
    public SealedWindow? Pulse(int beat, ulong at, ulong sequence = 0)
    {
        SealedWindow? window = Seal(beat, at, sequence);
        if (window is not null)
        {
            Credit(beat, [.. window.Runs.ToArray().Select(window.Section)]);
            Ledger.CommitSealed(window.Sequence, Answers);
        }

        Ledger.EndBeat(new Timestamp(at));
        return window;
    }

    /// <summary>Begins from these accounts, as a snapshot brings them, instead of from nothing.</summary>
    public void Load(IEnumerable<AccountRecord> records, ulong issued)
    {
        AccountRecord[] sorted = [.. records.OrderBy(record => record.Id)];
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("LC1brsnp"u8);
        writer.Write(MemoryMarshal.AsBytes([Options.Ledger]));
        writer.Write(Options.Branch);
        writer.Write(new byte[8 + 8 + 8 + 32]);
        writer.Write(issued);
        writer.Write((ulong)sorted.Length);
        writer.Write(new byte[8 + 8 + 8]);
        Assert.Equal(128, stream.Length);
        writer.Write(MemoryMarshal.AsBytes<AccountRecord>(sorted));
        _first = stream.ToArray();
        Ledger.ReadSnapshot(_first);
        Ledger.UpdateSynopsis();
        Assert.Equal(_first, Snapshot());
    }

    /// <summary>Changes an account's record as no transfer can, by way of a snapshot.</summary>
    public void Edit(Party party, Func<AccountRecord, AccountRecord> change)
    {
        byte[] snapshot = Snapshot();
        byte[] id = new byte[AccountId.SizeBytes];
        party.Id.CopyTo(id);
        Span<byte> record = snapshot.AsSpan(snapshot.AsSpan().LastIndexOf(id), AccountRecord.SizeBytes);
        MemoryMarshal.Write(record, change(MemoryMarshal.Read<AccountRecord>(record)));
        Restart(snapshot, new BeatNumber(ulong.MaxValue));
    }

    public byte[] Snapshot()
    {
        byte[] snapshot = new byte[Ledger.SnapshotBytes];
        Ledger.WriteSnapshot(snapshot);
        return snapshot;
    }

    /// <summary>Forgets all and comes back from a snapshot (null: from what was loaded) and the journal behind it. Returns the last window replayed.</summary>
    public SealedWindow? Restart(byte[]? snapshot = null, BeatNumber snapshotBeat = default)
    {
        Ledger.Dispose();
        Ledger = new BranchLedger(Options);
        if ((snapshot ?? _first) is { } first)
        {
            Ledger.ReadSnapshot(first);
        }

        SealedWindow? last = null;
        foreach ((BeatNumber _, bool isCredits, byte[] bytes) in Journal.Where(block => block.Beat > snapshotBeat))
        {
            if (isCredits)
            {
                CreditsBlock.Replay(bytes, Options.Ledger, Ledger);
            }
            else
            {
                last = Ledger.Replay(bytes);
            }
        }

        Ledger.UpdateSynopsis();
        return last;
    }

    public void Dispose()
    {
        Ledger.Dispose();
        _room.Dispose();
    }
}
