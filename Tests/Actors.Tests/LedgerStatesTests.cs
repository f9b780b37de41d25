using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors;

public sealed class LedgerStatesTests
{
    private static ulong Now => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Ledger_TwoBandsOfTrunks_CommitsAndProvesAsOneDoes()
    {
        var demo = new Demo("2+3", translucency: 5);
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());

        await ledger.Send([.. Enumerable.Range(1, 20).Select(i => demo.Issue(i, 100, (ulong)i, Now))]);
        TransferBatch paid = await ledger.Send([.. Enumerable.Range(1, 19).Select(i => demo.Pay(i, i + 1, 50, 1, Now))]);

        Assert.All(paid.Answers.ToArray(), answer => Assert.Equal(Outcome.Committed, answer.Outcome));
        for (int i = 1; i <= 20; i++)
        {
            AccountAnswer? account = await ledger.Gateway.ReadAccountAsync(demo.Id(i), null, default);
            Assert.Equal(i == 1 ? 50UL : i == 20 ? 150UL : 100UL, account!.Record!.Value.Balance.Units);
            AssertProven(account);
        }
    }

    [Fact]
    public async Task Ledger_StatesOlderThanMemory_ComeFromSnapshotAndJournal()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex(), pulsesPerSnapshot: 3, undoBytesMax: 0);
        await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        var balances = new Dictionary<TimeSequence, ulong>();
        for (ulong nonce = 1; nonce <= 12; nonce++)
        {
            TransferBatch paid = await ledger.Send(demo.Pay(1, 2, 10, nonce, Now));
            balances[paid.Answers[0].Sequence] = 1_000 - (10 * nonce);
        }

        foreach ((TimeSequence sequence, ulong balance) in balances)
        {
            AccountAnswer? then = await ledger.Gateway.ReadAccountAsync(demo.Id(1), sequence, default);
            Assert.Equal(balance, then!.Record!.Value.Balance.Units);
            Assert.Equal(sequence, then.Statement.Statement.TimeSequence);
            AssertProven(then);
        }
    }

    [Fact]
    public async Task Ledger_Hold_IsPostedOrFallsDueInCommittedTime()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        ulong soon = Now + 700;
        await ledger.Send(demo.Reserve(1, 2, 400, 1, Now, Now + 3_600_000), demo.Reserve(1, 3, 600, 2, Now, soon));

        TransferBatch short1 = await ledger.Send(demo.Pay(1, 2, 1, 3, Now));
        byte[] post = demo.Post(1, 2, 300, 400, 1, Now);
        TransferBatch posted = await ledger.Send(post, post);
        await ledger.Until(() => ledger.Gateway.Status.LastPulse!.At.UnixMs > soon + 100);
        AccountAnswer? owner = await ledger.Gateway.ReadAccountAsync(demo.Id(1), null, default);

        Assert.Equal(Outcome.InsufficientFunds, short1.Answers[0].Outcome);
        Assert.Equal(Outcome.Committed, posted.Answers[0].Outcome);
        Assert.Equal(posted.Answers[0], posted.Answers[1]);
        Assert.Equal(700UL, owner!.Record!.Value.Balance.Units);
        Assert.Equal(100UL, owner.Record.Value.Frozen.Units);
        Assert.Equal(100UL, Assert.Single(owner.Holds).Amount.Units);
    }

    [Fact]
    public async Task Ledger_NothingHappens_BeatsGoOnAndTimeStandsStill()
    {
        var demo = new Demo();
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        TransferBatch issued = await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        BeatNumber then = ledger.Gateway.Status.LastPulse!.Beat;

        await ledger.Until(() => ledger.Gateway.Status.LastPulse!.Beat.Counter > then.Counter + 5);

        Assert.Equal(issued.Answers[0].Sequence, ledger.Gateway.Status.LastPulse.Sequence);
        Assert.False(ledger.Gateway.Status.LastPulse.Changed);
    }

    [Fact]
    public async Task Ledger_JournalFull_HoldsThePulseAndGoesOnWithNothingLost()
    {
        var demo = new Demo();
        var medium = new MemoryJournalMedium();
        await using var ledger = new LocalLedger(demo, medium, new MemoryIndex());
        await ledger.Send(demo.Issue(1, 1_000, 1, Now));
        medium.IsFull = true;
        TransferBatch held = Demo.Batch(demo.Pay(1, 2, 10, 1, Now));
        Assert.True(ledger.Gateway.TrySubmit(held));

        await ledger.Until(() => ledger.Gateway.Status.State == LedgerState.Holding);
        Assert.False(ledger.Gateway.TrySubmit(Demo.Batch(demo.Pay(1, 2, 10, 2, Now))));
        medium.IsFull = false;
        await ledger.Until(() => held.WhenAnswered.IsCompleted);

        Assert.Equal(Outcome.Committed, held.Answers[0].Outcome);
        Assert.Equal(LedgerState.Running, ledger.Gateway.Status.State);
    }

    [Fact]
    public async Task Ledger_BranchStopped_ComesBackFromTheJournal()
    {
        var demo = new Demo("1", translucency: 1);
        await using var ledger = new LocalLedger(demo, new MemoryJournalMedium(), new MemoryIndex());
        await ledger.Send(demo.Issue(1, 1_000, 1, Now), demo.Issue(2, 1_000, 2, Now));
        foreach (ActorInfo info in ledger.System.Walk().Where(info => info.Path.ToString().Contains("/branches/", StringComparison.Ordinal)))
        {
            ledger.System.Stop(ledger.System.Find(info.Path)!);
        }

        byte[][] pays = [demo.Pay(1, 2, 10, 1, Now), demo.Pay(2, 1, 20, 1, Now)];
        TransferBatch paid = await ledger.Send(pays);
        while (paid.Answers.ToArray().Any(answer => answer.Outcome is Outcome.Busy or Outcome.Pending))
        {
            // What met a branch on its way out is told to come again.
            paid = await ledger.Send(pays);
        }

        Assert.All(paid.Answers.ToArray(), answer => Assert.Equal(Outcome.Committed, answer.Outcome));
        AccountAnswer? account = await ledger.Gateway.ReadAccountAsync(demo.Id(1), null, default);
        Assert.Equal(1_010UL, account!.Record!.Value.Balance.Units);
    }

    [Fact]
    public async Task Ledger_StandingAcceptance_IsKeptOverARestart()
    {
        var demo = new Demo();
        var medium = new MemoryJournalMedium();
        PrivateKey receiver = demo.Party(2);
        var terms = new StandingTerms
        {
            Version = StandingTerms.CurrentVersion,
            Ledger = demo.Parameters.Ledger,
            Receiver = demo.Id(2),
            LargestAmount = new Amount(100),
            Expiry = new Timestamp(Now + 3_600_000),
        };
        await using (var ledger = new LocalLedger(demo, medium, new MemoryIndex()))
        {
            await ledger.Until(() => ledger.Gateway.Status.State == LedgerState.Running);
            Outcome outcome = await ledger.Gateway.RegisterAcceptanceAsync(receiver.PublicKey, StandingAcceptance.Sign(terms, receiver), default);
            Outcome forged = await ledger.Gateway.RegisterAcceptanceAsync(receiver.PublicKey, StandingAcceptance.Sign(terms, demo.Party(3)), default);
            Assert.Equal(Outcome.Committed, outcome);
            Assert.Equal(Outcome.BadSignature, forged);
        }

        await using var restarted = new LocalLedger(demo, medium, new MemoryIndex());
        await restarted.Until(() => restarted.Gateway.Status.State == LedgerState.Running);

        Assert.NotNull(await restarted.Gateway.FindAcceptanceAsync(demo.Id(2), demo.Id(1), new Amount(100), default));
        Assert.Null(await restarted.Gateway.FindAcceptanceAsync(demo.Id(2), demo.Id(1), new Amount(101), default));
    }

    private static void AssertProven(AccountAnswer answer)
    {
        RootStatement statement = answer.Statement.Statement;
        var root = new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency);
        Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(answer.Proof, root));
    }
}
