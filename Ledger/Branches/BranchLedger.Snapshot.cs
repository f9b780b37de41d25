using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

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
        RequireWhole();
        Invariant.Holds(!_dirty, "a snapshot is taken when the synopsis is up to date");
        destination = destination[..checked((int)SnapshotBytes)];
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
            LastCredits = _lastCredits,
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
        RequireWhole();
        Invariant.Holds(_tree.Count == 0 && ClosedBeat == BeatNumber.None && _open.Count == 0, "a snapshot is read into an empty branch");
        Invariant.Holds(snapshot.Length >= BranchSnapshotHeader.SizeBytes, "a snapshot has a header");
        var header = MemoryMarshal.Read<BranchSnapshotHeader>(snapshot);
        Invariant.Holds(
            header.Tag == BranchSnapshotHeader.TagValue && header.Ledger == _options.Ledger && header.Branch == Branch,
            "a snapshot belongs to the branch that reads it");
        BeginChange();
        List<(AccountId Owner, HoldBook Book)> books = ReadBooks(ref snapshot, header);
        ReadRecords(snapshot, header);
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
        ClosedBeat = SealedBeat > CreditedBeat ? SealedBeat : CreditedBeat;
        BlockHash = header.BlockHash;
        IssuedTotal = header.IssuedTotal;
        _lastCredits = header.LastCredits;
        _undo.Reset(ClosedBeat);
        _dirty = true;
        EndChange();
    }

    private static List<(AccountId Owner, HoldBook Book)> ReadBooks(ref ReadOnlySpan<byte> snapshot, in BranchSnapshotHeader header)
    {
        var books = new List<(AccountId Owner, HoldBook Book)>();
        snapshot = snapshot[BranchSnapshotHeader.SizeBytes..];
        for (ulong i = 0; i < header.Owners; i++)
        {
            Invariant.Holds(snapshot.Length >= OwnerBytes, "a snapshot is whole");
            var owner = new AccountId(snapshot[..AccountId.SizeBytes]);
            uint count = MemoryMarshal.Read<uint>(snapshot[AccountId.SizeBytes..]);
            snapshot = snapshot[OwnerBytes..];
            Invariant.Holds(count is > 0 and <= HoldBook.CountMax && snapshot.Length >= (int)count * Hold.SizeBytes, "a snapshot is whole");
            Invariant.Holds(HoldBook.TryRead(snapshot[..((int)count * Hold.SizeBytes)], out HoldBook? book), "an owner's holds are a book");
            Invariant.Holds(i == 0 || books[^1].Owner < owner, "owners are in order");
            books.Add((owner, book));
            snapshot = snapshot[book.SizeBytes..];
        }

        return books;
    }

    private void ReadRecords(ReadOnlySpan<byte> snapshot, in BranchSnapshotHeader header)
    {
        Invariant.Holds(
            snapshot.Length % AccountRecord.SizeBytes == 0 && header.Records == (ulong)(snapshot.Length / AccountRecord.SizeBytes),
            "a snapshot is whole");
        ReadOnlySpan<AccountRecord> records = MemoryMarshal.Cast<byte, AccountRecord>(snapshot);
        ulong owners = 0;
        for (int i = 0; i < records.Length; i++)
        {
            ref readonly AccountRecord record = ref records[i];
            Invariant.Holds(record.Id.Prefix(_options.DepthBits) == Branch && (i == 0 || records[i - 1].Id < record.Id), "records are in order");
            Invariant.Holds(record.HasDataRoot == (record.Frozen != Amount.Zero), "an account with holds has a data root, and no other has");
            owners += record.HasDataRoot ? 1ul : 0;
        }

        Invariant.Holds(owners == header.Owners, "a snapshot has the holds of every owner");
        _tree.Dispose();
        _tree = TreeOf(records);
    }
}
