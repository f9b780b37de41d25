using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>The header of a branch's snapshot, docs/PROTOCOL.md section 11.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
internal struct BranchSnapshotHeader
{
    public const int SizeBytes = 128;

    public static readonly ulong TagValue = MemoryMarshal.Read<ulong>("LC1snaps"u8);

    public ulong Tag;
    public LedgerId Ledger;
    public uint Branch;
    public BeatNumber SealedBeat;
    public Timestamp SealedAt;
    public BeatNumber CreditedBeat;
    public Hash256 BlockHash;
    public ulong IssuedTotal;
    public ulong Records;
    public ulong Owners;
}

/// <content>Snapshots: the whole state as of a beat that is up to date here.</content>
public sealed unsafe partial class BranchLedger
{
    // An owner of holds: id(20) | count(4), then the holds.
    private const int OwnerBytes = AccountId.SizeBytes + sizeof(uint);

    /// <summary>Bytes that <see cref="WriteSnapshot"/> writes now.</summary>
    public long SnapshotBytes
    {
        get
        {
            long holds = 0;
            foreach (HoldBook book in _holds.Values)
            {
                holds += OwnerBytes + book.SizeBytes;
            }

            return BranchSnapshotHeader.SizeBytes + holds + (_tree.Count * AccountRecord.SizeBytes);
        }
    }

    /// <summary>Writes the state: header, holds of each owner in order of id, records in order of id.</summary>
    public void WriteSnapshot(Span<byte> destination)
    {
        var header = new BranchSnapshotHeader
        {
            Tag = BranchSnapshotHeader.TagValue,
            Ledger = _options.Ledger,
            Branch = Branch,
            SealedBeat = SealedBeat,
            SealedAt = SealedAt,
            CreditedBeat = CreditedBeat,
            BlockHash = BlockHash,
            IssuedTotal = IssuedTotal,
            Records = (ulong)_tree.Count,
            Owners = (ulong)_holds.Count,
        };
        MemoryMarshal.Write(destination, in header);
        Span<byte> rest = destination[BranchSnapshotHeader.SizeBytes..];
        foreach ((AccountId owner, HoldBook book) in _holds.OrderBy(pair => pair.Key))
        {
            owner.CopyTo(rest);
            MemoryMarshal.Write(rest[AccountId.SizeBytes..], (uint)book.Count);
            book.CopyTo(rest[OwnerBytes..]);
            rest = rest[(OwnerBytes + book.SizeBytes)..];
        }

        CopyRecords(MemoryMarshal.Cast<byte, AccountRecord>(rest));
    }

    private void CopyRecords(Span<AccountRecord> destination)
    {
        fixed (AccountRecord* start = destination)
        {
            Invariant.Holds(_tree.CopyRecords(null, start, destination.Length) == _tree.Count, "a branch copies as many records as it has");
        }
    }

    private BranchTree TreeOf(ReadOnlySpan<AccountRecord> sorted)
    {
        fixed (AccountRecord* start = sorted)
        {
            return BranchTree.FromSortedRecords(_options.DepthBits, Branch, _options.Translucency, start, sorted.Length);
        }
    }

    /// <summary>Takes over the state of a snapshot of this branch. Only for a branch in which nothing has happened yet.</summary>
    /// <exception cref="InvariantBrokenException">The bytes are another branch's snapshot, or corrupt.</exception>
    public void ReadSnapshot(ReadOnlySpan<byte> snapshot)
    {
        Invariant.Holds(_tree.Count == 0 && SealedBeat == BeatNumber.None, "a snapshot is read into an empty branch");
        Invariant.Holds(snapshot.Length >= BranchSnapshotHeader.SizeBytes, "a snapshot has a header");
        var header = MemoryMarshal.Read<BranchSnapshotHeader>(snapshot);
        Invariant.Holds(
            header.Tag == BranchSnapshotHeader.TagValue && header.Ledger == _options.Ledger && header.Branch == Branch,
            "a snapshot belongs to the branch that reads it");
        ReadOnlySpan<byte> rest = snapshot[BranchSnapshotHeader.SizeBytes..];
        var books = new List<(AccountId Owner, HoldBook Book)>();
        for (ulong i = 0; i < header.Owners; i++)
        {
            Invariant.Holds(rest.Length >= OwnerBytes, "a snapshot is whole");
            var owner = new AccountId(rest[..AccountId.SizeBytes]);
            int length = (int)Math.Min(int.MaxValue, MemoryMarshal.Read<uint>(rest[AccountId.SizeBytes..]) * (long)Hold.SizeBytes);
            Invariant.Holds(rest.Length - OwnerBytes >= length, "a snapshot is whole");
            Invariant.Holds(HoldBook.TryRead(rest.Slice(OwnerBytes, length), out HoldBook? book), "an owner's holds are a book");
            books.Add((owner, book));
            rest = rest[(OwnerBytes + length)..];
        }

        Invariant.Holds((ulong)rest.Length == header.Records * AccountRecord.SizeBytes, "a snapshot is whole");
        _tree.Dispose();
        _tree = TreeOf(MemoryMarshal.Cast<byte, AccountRecord>(rest));
        foreach ((AccountId owner, HoldBook book) in books)
        {
            AccountRecord* record = _tree.FindForUpdate(owner);
            Invariant.Holds(record != null && record->Frozen == book.Held, "an owner's frozen part is the sum of its holds");
            AttachHolds(_tree, _holds, record, book);
            foreach (Hold hold in book.Holds)
            {
                _deadlines.Add(hold.Expiry, owner, hold.Nonce);
            }
        }

        SealedBeat = header.SealedBeat;
        SealedAt = header.SealedAt;
        CommittedAt = header.SealedAt;
        CreditedBeat = header.CreditedBeat;
        BlockHash = header.BlockHash;
        IssuedTotal = header.IssuedTotal;
        ClosedBeat = SealedBeat > CreditedBeat ? SealedBeat : CreditedBeat;
        _undo.Reset(ClosedBeat);
        _dirty = true;
    }
}
