using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors;

public sealed class BundleRepeatTests
{
    private static ulong Now => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Ledger_SameBundleAgain_GetsTheSameAnswerAlsoAfterARestart()
    {
        var demo = new Demo();
        var medium = new MemoryJournalMedium();
        var index = new MemoryIndex();
        byte[] funding = demo.IssueMany([(1, 1_000), (2, 500)], 1, Now);
        byte[] bundle = demo.PayMany(1, [(2, 300), (3, 200)], 1, Now);
        TransferBatch funded;
        TransferBatch first;
        await using (var ledger = new LocalLedger(demo, medium, index))
        {
            funded = await ledger.Send(funding);
            first = await ledger.Send(bundle);
            Assert.Equal([funded.Answers[0], first.Answers[0]], (await ledger.Send(funding, bundle)).Answers.ToArray());
        }

        await using var restarted = new LocalLedger(demo, medium, index);
        TransferBatch late = await restarted.Send(funding, bundle);

        Assert.Equal(Outcome.Committed, first.Answers[0].Outcome);
        Assert.Equal([funded.Answers[0], first.Answers[0]], late.Answers.ToArray());
    }

    [Fact]
    public async Task Ledger_AskedForABundleByItsOwnId_TellsThePlaceOfItsFirstItem()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        TransferBatch paid = await ledger.Send(demo.PayMany(1, [(2, 300), (3, 200)], 1, Now));
        Hash256 id = paid.Ids[0];

        foreach (AccountId? sender in new AccountId?[] { demo.Id(1), null })
        {
            TransferPlace? bundle = await ledger.Gateway.FindTransferAsync(id, sender, default);
            TransferPlace? item = await ledger.Gateway.FindTransferAsync(TransferIds.ComputeItem(id, 0), sender, default);

            Assert.NotNull(bundle);
            Assert.Equal(id, bundle.Id);
            Assert.Equal(paid.Answers[0].Place, bundle.Place);
            Assert.Equal(item, bundle with { Id = item!.Id });
        }
    }
}
