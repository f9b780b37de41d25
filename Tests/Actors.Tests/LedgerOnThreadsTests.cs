using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors;

public sealed class LedgerOnThreadsTests
{
    private static ulong Now => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Ledger_IssueThenPay_CommitsBothUnderOneSupply()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());

        TransferBatch issued = await ledger.Send(demo.Issue(1, 1_000, 1, Now), demo.Issue(2, 500, 2, Now));
        TransferBatch paid = await ledger.Send(demo.Pay(1, 2, 300, 1, Now), demo.Pay(1, 3, 700, 2, Now), demo.Pay(1, 3, 1, 3, Now));

        Assert.All(issued.Answers.ToArray(), answer => Assert.Equal(Outcome.Committed, answer.Outcome));
        Assert.Equal(
            [Outcome.Committed, Outcome.Committed, Outcome.InsufficientFunds],
            paid.Answers.ToArray().Select(answer => answer.Outcome));
        Assert.Equal(1_500UL, ledger.Gateway.Status.LastPulse!.Supply.Units);
        Assert.Empty(ledger.Failures);
    }

    [Fact]
    public async Task Ledger_Receipt_VerifiesOfflineForBothParties()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        TransferBatch paid = await ledger.Send(demo.Pay(1, 2, 300, 1, Now));
        await ledger.Send(demo.Pay(1, 2, 100, 2, Now));

        foreach (int party in new[] { 1, 2 })
        {
            Receipt? receipt = await ledger.Gateway.MakeReceiptAsync(paid.Ids[0], demo.Id(1), demo.Id(party), default);

            Assert.NotNull(receipt);
            Assert.True(Receipt.TryRead(receipt.ToBytes(), out Receipt? read));
            Assert.Equal(ReceiptVerdict.Valid, ReceiptVerifier.Verify(read, demo.Committee, demo.Parameters.Ledger, out _));
            Assert.Equal(party == 1 ? 700UL : 300UL, ((IncludedLeaf)receipt.Account!.Leaf!).Record.Balance.Units);
        }
    }

    [Fact]
    public async Task Ledger_AccountAsOfOlderPulse_IsProvenUnderThatStatement()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        TransferBatch issued = await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        await ledger.Send(demo.Pay(1, 2, 300, 1, Now));

        AccountAnswer? then = await ledger.Gateway.ReadAccountAsync(demo.Id(1), issued.Answers[0].Sequence, default);
        AccountAnswer? now = await ledger.Gateway.ReadAccountAsync(demo.Id(1), null, default);
        AccountAnswer? absent = await ledger.Gateway.ReadAccountAsync(demo.Id(9), null, default);

        Assert.Equal(1_000UL, then!.Record!.Value.Balance.Units);
        Assert.Equal(700UL, now!.Record!.Value.Balance.Units);
        Assert.Null(absent!.Record);
        foreach (AccountAnswer answer in new[] { then, now, absent })
        {
            RootStatement statement = answer.Statement.Statement;
            Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(answer.Proof, new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency)));
        }
    }

    [Fact]
    public async Task Ledger_SameTransferAgain_GetsTheSameAnswerAlsoAfterARestart()
    {
        var demo = new Demo();
        var medium = new MemoryJournalMedium();
        var index = new MemoryIndex();
        byte[] pay = demo.Pay(1, 2, 300, 1, Now);
        TransferBatch first;
        await using (var ledger = new LocalLedger(demo, medium, index))
        {
            await ledger.Send(demo.Issue(1, 1_000, 1, Now));
            first = await ledger.Send(pay, pay);
            TransferBatch again = await ledger.Send(pay);
            Assert.Equal(first.Answers[0], first.Answers[1]);
            Assert.Equal(first.Answers[0], again.Answers[0]);
        }

        await using var restarted = new LocalLedger(demo, medium, index);
        TransferBatch late = await restarted.Send(pay);

        Assert.Equal(Outcome.Committed, first.Answers[0].Outcome);
        Assert.Equal(first.Answers[0], late.Answers[0]);
    }

    [Fact]
    public async Task Ledger_SameBundleAgain_GetsTheSameAnswer()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        byte[] bundle = demo.IssueMany([(1, 100), (2, 100), (3, 100)], 1, Now);

        TransferBatch first = await ledger.Send(bundle);
        await ledger.Send(demo.Issue(1, 1, 2, Now));
        TransferBatch again = await ledger.Send(bundle);

        Assert.Equal(Outcome.Committed, first.Answers[0].Outcome);
        Assert.Equal(first.Answers[0], again.Answers[0]);
    }
}
