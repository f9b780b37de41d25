using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;
using static LeitherCluster.Tests.Ledger.Branches.Scene;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>What comes from the journal must follow from the state, or the branch stops: it is never used half-changed.</summary>
public sealed class BranchReplayTests
{
    private const int TagAt = 0;
    private const int LedgerAt = 8;
    private const int BranchAt = 28;
    private const int BeatAt = 32;
    private const int TimeAt = 40;
    private const int PreviousAt = 48;
    private const int FramesAt = 112;
    private const int LeavesAt = 116;
    private const int FramesLengthAt = 120;
    private const int IssuedAt = 128;
    private const int WindowsRootAt = 136;
    private const int CreditedAt = 176;
    private const int SpareAt = 184;

    [Theory]
    [InlineData(TagAt)]
    [InlineData(LedgerAt)]
    [InlineData(BranchAt)]
    [InlineData(BeatAt)]
    [InlineData(TimeAt + 1)]
    [InlineData(PreviousAt)]
    [InlineData(FramesAt)]
    [InlineData(FramesAt + 3)]
    [InlineData(LeavesAt)]
    [InlineData(FramesLengthAt)]
    [InlineData(FramesLengthAt + 3)]
    [InlineData(FramesLengthAt + 7)]
    [InlineData(IssuedAt)]
    [InlineData(WindowsRootAt)]
    [InlineData(CreditedAt)]
    [InlineData(SpareAt)]
    public void Replay_HeaderThatDoesNotFollow_Throws(int at)
    {
        using BranchDriver branch = TwoBeats();
        byte[] block = branch.Journal[^2].Bytes;
        using BranchLedger ledger = BeforeTheLastBeat(branch);
        block[at] ^= 0x80;
        if (at is BeatAt or TimeAt + 1)
        {
            // What came before is later.
            block.AsSpan(at & ~7, 8).Clear();
        }

        Assert.Throws<InvariantBrokenException>(() => ledger.Replay(block));
    }

    [Fact]
    public void Replay_AnyBitOfTheFramesChanged_ThrowsOrGivesAnotherHash()
    {
        using BranchDriver branch = TwoBeats();
        byte[] block = branch.Journal[^2].Bytes;
        int frames = block.Length - WindowBlock.SizeBytes - WindowBlock.CertificateBytes;
        var random = new Random(1);
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] changed = [.. block];
            changed[WindowBlock.SizeBytes + random.Next(frames)] ^= (byte)(1 << random.Next(8));
            using BranchLedger ledger = BeforeTheLastBeat(branch);
            try
            {
                Assert.NotEqual(branch.Ledger.BlockHash, ledger.Replay(changed).BlockHash);
            }
            catch (InvariantBrokenException)
            {
                Assert.Throws<InvariantBrokenException>(() => ledger.UpdateSynopsis());
            }
        }
    }

    [Fact]
    public void Replay_BytesOfAnyLengthAndKind_Throws()
    {
        using BranchDriver branch = TwoBeats();
        byte[] block = branch.Journal[^2].Bytes;
        var random = new Random(2);
        for (int length = 0; length < block.Length; length += 1 + random.Next(20))
        {
            using BranchLedger ledger = BeforeTheLastBeat(branch);
            byte[] cut = block[..length];
            if (length >= WindowBlock.SizeBytes + WindowBlock.CertificateBytes)
            {
                // The header says that all is here.
                BitConverter.TryWriteBytes(cut.AsSpan(FramesLengthAt), (ulong)(length - WindowBlock.SizeBytes - WindowBlock.CertificateBytes));
            }

            Assert.Throws<InvariantBrokenException>(() => ledger.Replay(cut));
        }
    }

    [Fact]
    public void Replay_CreditsBetweenMissing_Throws()
    {
        using BranchDriver branch = TwoBeats();
        using var ledger = new BranchLedger(branch.Options);
        ledger.Replay(branch.Journal[0].Bytes);

        Assert.Throws<InvariantBrokenException>(() => ledger.Replay(branch.Journal[2].Bytes));
    }

    [Fact]
    public void Replay_AfterSomethingWasAccepted_Throws()
    {
        using BranchDriver branch = TwoBeats();
        branch.Accept(Pay(Alice, Bob, 1, 9));

        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.Replay(branch.Journal[2].Bytes));
    }

    [Fact]
    public void Replay_SealedLast_IsAnsweredToNobodyAndKnowsItsTime()
    {
        using BranchDriver branch = TwoBeats();
        SealedWindow window = branch.Restart()!;

        Assert.False(branch.Ledger.SealedIsCommitted);
        Assert.Null(window.Block);
        Assert.Equal(new Timestamp(Start + 1), branch.Ledger.CommittedAt);
        Assert.Equal(2, branch.Ledger.CommitSealed(window.Sequence, branch.Answers));
        Assert.Equal(2, branch.Answers.ToNobody);
    }

    [Fact]
    public void Credits_BlockThatIsNotWhole_Throws()
    {
        using BranchDriver branch = TwoBeats();
        byte[] block = branch.Journal[^1].Bytes;
        for (int length = 0; length < block.Length; length += 4)
        {
            using BranchLedger ledger = BeforeTheLastCredits(branch);
            byte[] cut = block[..length];
            Assert.Throws<InvariantBrokenException>(() => CreditsBlock.Replay(cut, branch.Options.Ledger, ledger));
        }

        foreach (int at in new[] { TagAt, LedgerAt, BranchAt, BeatAt, 40, 47, CreditsBlock.HeaderBytes + 4, CreditsBlock.HeaderBytes + 7 })
        {
            using BranchLedger ledger = BeforeTheLastCredits(branch);
            byte[] changed = [.. block];
            changed[at] ^= 0x01;
            if (at == BeatAt)
            {
                changed.AsSpan(BeatAt, 8).Clear();
            }

            Assert.Throws<InvariantBrokenException>(() => CreditsBlock.Replay(changed, branch.Options.Ledger, ledger));
        }
    }

    [Fact]
    public void Credits_SectionsOutOfOrderOrEmpty_Throw()
    {
        using BranchDriver branch = WithFunds();
        CreditEntry[] entries = [new CreditEntry(Bob.Id, 0, 5)];
        CreditSection[][] wrong =
        [
            [new(2, default, default, entries), new(1, default, default, entries)],
            [new(2, default, default, entries), new(2, default, default, entries)],
            [new(2, default, default, Array.Empty<CreditEntry>())],
        ];
        foreach (CreditSection[] sections in wrong)
        {
            byte[] block = new byte[CreditsBlock.SizeOf(sections.Length, sections.Sum(section => section.Entries.Length))];
            CreditsBlock.WriteHeader(block, branch.Options.Ledger, 0, BranchDriver.Beat(2), sections.Length);
            int at = CreditsBlock.HeaderBytes;
            foreach (CreditSection section in sections)
            {
                at += CreditsBlock.WriteSection(block.AsSpan(at), section);
            }

            byte[] before = branch.Snapshot();
            Assert.Throws<InvariantBrokenException>(() => CreditsBlock.Replay(block, branch.Options.Ledger, branch.Ledger));
            Assert.Equal(before, branch.Snapshot());
        }
    }

    [Fact]
    public void Credits_ForAnotherBranch_Throw()
    {
        using var branch = new BranchDriver(Options(depthBits: 1));
        CreditEntry[] entries = [new CreditEntry(Party.InBranch(1, 1, 1)[0].Id, 0, 5)];
        branch.Ledger.BeginCredits(BranchDriver.Beat(1));

        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.ApplySection(Hash256.Zero, entries));
    }

    [Fact]
    public void Credits_BeyondWhatABalanceHolds_ThrowAndEndTheBranch()
    {
        using BranchDriver branch = WithFunds();
        CreditEntry[] entries = [new CreditEntry(Bob.Id, 0, ulong.MaxValue)];
        branch.Ledger.BeginCredits(BranchDriver.Beat(2));
        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.ApplySection(Hash256.Zero, entries));

        Assert.Throws<InvariantBrokenException>(() => branch.Accept(Pay(Bob, Alice, 1, 1)));
        Assert.Throws<InvariantBrokenException>(() => branch.Seal(3, Start + 3));
        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.UpdateSynopsis());
        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.StateAsOf(BranchDriver.Beat(1)));
        Assert.Throws<InvariantBrokenException>(() => branch.Snapshot());
    }

    [Fact]
    public void Credits_Twice_OrBeforeABeatThatIsSealed_Throw()
    {
        using BranchDriver branch = WithFunds();
        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.BeginCredits(BranchDriver.Beat(1)));
        branch.Accept(Pay(Alice, Bob, 1, 1));
        branch.Seal(3, Start + 1);
        Assert.Throws<InvariantBrokenException>(() => branch.Ledger.BeginCredits(BranchDriver.Beat(2)));
        branch.Credit(3);
    }

    [Fact]
    public void WindowBlock_InMemory_IsTheProtocolsBytes()
    {
        using BranchDriver branch = TwoBeats();
        byte[] block = branch.Journal[2].Bytes;

        Assert.Equal(WindowBlock.SizeBytes, Marshal.SizeOf<WindowBlock>());
        Assert.True(WindowBlock.TryRead(block, out WindowBlock header));
        Assert.Equal(BitConverter.ToUInt64(block, BeatAt), header.Beat.Value);
        Assert.Equal(BitConverter.ToUInt64(block, CreditedAt), header.Credited.Value);
        Assert.Equal(2u, header.Frames);
        Assert.Equal(branch.Ledger.BlockHash, WindowBlock.HashOf(block));
        Assert.Equal(branch.Ledger.BlockHash, Blake3.Hash(block.AsSpan(0, block.Length - 96)));
    }

    /// <summary>Two beats with something in them; the journal has seal, credits, seal, credits.</summary>
    private static BranchDriver TwoBeats()
    {
        BranchDriver branch = WithFunds();
        branch.Accept(Pay(Alice, Bob, 5, 1), slice: 0);
        branch.Accept(Bundle(Bob, 1, (Carol, 1), (Alice, 2)), slice: 1);
        branch.Pulse(2, Start + 1, 2);
        Assert.Equal([false, true, false, true], branch.Journal.Select(block => block.IsCredits));
        return branch;
    }

    private static BranchLedger BeforeTheLastBeat(BranchDriver branch)
    {
        var ledger = new BranchLedger(branch.Options);
        ledger.Replay(branch.Journal[0].Bytes);
        CreditsBlock.Replay(branch.Journal[1].Bytes, branch.Options.Ledger, ledger);
        return ledger;
    }

    private static BranchLedger BeforeTheLastCredits(BranchDriver branch)
    {
        BranchLedger ledger = BeforeTheLastBeat(branch);
        ledger.Replay(branch.Journal[2].Bytes);
        return ledger;
    }
}
