using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;
using static LeitherCluster.Tests.Ledger.Branches.Scene;

namespace LeitherCluster.Tests.Ledger.Branches;

public sealed class BranchSnapshotTests
{
    private const int HeaderBytes = 128;
    private const int RecordsAt = 96;
    private const int OwnersAt = 104;

    [Fact]
    public void Snapshot_IsTheProtocolsBytes()
    {
        using BranchDriver branch = WithHolds();
        byte[] snapshot = branch.Snapshot();
        using BranchState state = branch.Ledger.StateAsOf(BranchDriver.Beat(9))!;
        AccountRecord[] records = [.. state.Tree.Records(100)];

        using var expected = new MemoryStream();
        using var writer = new BinaryWriter(expected);
        writer.Write("LC1brsnp"u8);
        writer.Write(Bytes(Organization.Id));
        writer.Write(0u);
        writer.Write(branch.Ledger.SealedBeat.Value);
        writer.Write(branch.Ledger.SealedAt.UnixMs);
        writer.Write(branch.Ledger.CreditedBeat.Value);
        writer.Write(branch.Ledger.BlockHash.AsSpan());
        writer.Write(3000ul);
        writer.Write((ulong)records.Length);
        writer.Write(2ul);
        writer.Write(BranchDriver.Beat(1).Value);
        writer.Write(0ul);
        foreach (AccountId owner in new[] { Alice.Id, Bob.Id }.Order())
        {
            writer.Write(Bytes(owner));
            writer.Write(state.HoldsOf(owner).Count);
            writer.Write([.. state.HoldsOf(owner).SelectMany(PlainHolder.Bytes)]);
        }

        writer.Write([.. records.SelectMany(record => PlainTree.RecordBytes(record))]);
        Assert.Equal(expected.ToArray(), snapshot);
    }

    [Fact]
    public void Snapshot_WhileABeatIsUnderWay_Throws()
    {
        using BranchDriver branch = WithHolds();
        branch.Accept(Pay(Carol, Bob, 1, 1));
        branch.Seal(3, Start + 3);

        Assert.Throws<InvariantBrokenException>(() => branch.Snapshot());
    }

    [Fact]
    public void ReadSnapshot_IntoABranchThatHasSomething_Throws()
    {
        using BranchDriver branch = WithHolds();
        byte[] snapshot = branch.Snapshot();

        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.ReadSnapshot(snapshot));
    }

    [Fact]
    public void ReadSnapshot_CutAnywhere_Throws()
    {
        using BranchDriver branch = WithHolds();
        byte[] snapshot = branch.Snapshot();
        for (int length = 0; length < snapshot.Length; length += 4)
        {
            byte[] cut = snapshot[..length];
            AssertUnreadable(branch.Options, cut);
        }
    }

    [Fact]
    public void ReadSnapshot_LongerOrOfAnotherBranchOrLedger_Throws()
    {
        using BranchDriver branch = WithHolds();
        byte[] snapshot = branch.Snapshot();
        AssertUnreadable(branch.Options, [.. snapshot, .. new byte[64]]);
        AssertUnreadable(branch.Options with { Branch = 1, DepthBits = 1 }, snapshot);
        AssertUnreadable(branch.Options with { Ledger = new LedgerId(Bob.Id) }, snapshot);
    }

    [Fact]
    public void ReadSnapshot_RecordsThatCannotBe_Throws()
    {
        using BranchDriver branch = WithHolds();
        byte[] snapshot = branch.Snapshot();
        int records = snapshot.Length - ((int)branch.Ledger.Accounts * AccountRecord.SizeBytes);
        int owner = HeaderBytes;
        (int At, byte Bits)[] changes =
        [
            (0, 1),
            (RecordsAt, 1),
            (RecordsAt + 7, 0x04), // 2^58 records more: as many bytes, modulo 2^64
            (OwnersAt, 1),
            (OwnersAt + 7, 0x80),
            (owner + 20, 0x40), // more holds than there are
            (owner + 23, 0x80),
            (owner + 24 + 8, 1), // another amount than is frozen
            (records, 0xFF), // out of order
            (records + 20, 1), // a data root without holds, or the reverse
            (snapshot.Length - 64 + 32, 1), // a frozen part without holds, or another than they are
        ];
        foreach ((int at, byte bits) in changes)
        {
            byte[] changed = [.. snapshot];
            changed[at] ^= bits;
            AssertUnreadable(branch.Options, changed);
        }
    }

    private static void AssertUnreadable(BranchOptions options, byte[] snapshot)
    {
        using var ledger = new BranchLedger(options);
        Assert.Throws<InvariantBrokenException>(() => ledger.ReadSnapshot(snapshot));
    }

    private static BranchDriver WithHolds()
    {
        BranchDriver branch = WithFunds();
        branch.Accept([Reserve(Alice, Bob, 10, 1), Reserve(Bob, Carol, 20, 1, holdExpiry: Start + 50), Reserve(Bob, Carol, 30, 2, controller: Alice)]);
        branch.Pulse(2, Start + 1, 2);
        return branch;
    }

    private static byte[] Bytes(AccountId id)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        id.CopyTo(bytes);
        return bytes;
    }
}
