using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Actors.Ingresses;

/// <summary>What an ingress verifies together, what it takes at a time, and what it lets bad signatures cost: counted in work, with virtual time.</summary>
public sealed class IngressTests
{
    private const int Honest = 7;
    private const int Flooding = 666;

    private static readonly Demo s_demo = new();
    private static readonly byte[][] s_good = [.. Enumerable.Range(0, 200).Select(static number => Signed(number))];

    [Fact]
    public void Batches_ThatComeOneByOne_AreVerifiedAtOnceEach()
    {
        using var ingress = new OneIngress(s_demo);
        foreach (byte[] frame in s_good[..5])
        {
            TransferBatch batch = ingress.Submit(Honest, frame);
            ingress.Run();
            Assert.Equal(1, ingress.PassedOf(batch));
        }

        Assert.Equal((10, 5), (ingress.Counters.SignaturesVerified, ingress.Counters.VerifyingRounds));
    }

    // As long as the first batch is with the branches, no other is opened.
    [Fact]
    public void Batches_ThatWaitTogether_AreVerifiedTogether()
    {
        using var ingress = new OneIngress(s_demo, change: static options => options with { BytesWithBranchesMax = s_good.Length * s_good[0].Length });
        ingress.HoldBranches();
        ingress.Submit(Honest, s_good);
        ingress.Run();
        long roundsBefore = ingress.Counters.VerifyingRounds;
        TransferBatch[] batches = [.. s_good[1..].Select(frame => ingress.Submit(Honest, frame))];
        ingress.Run();
        Assert.Equal(roundsBefore, ingress.Counters.VerifyingRounds);
        ingress.ReleaseBranches();
        ingress.Run();

        Assert.All(batches, batch => Assert.Equal(1, ingress.PassedOf(batch)));
        Assert.Equal(roundsBefore + 1, ingress.Counters.VerifyingRounds);
    }

    [Fact]
    public void Batch_LargerThanATurn_TakesSeveralAndAllOfItPasses()
    {
        using var ingress = new OneIngress(s_demo, change: static options => options with { FramesPerTurn = 32 });
        TransferBatch small = ingress.Submit(Honest, s_good[..3]);
        TransferBatch large = ingress.Submit(Honest, s_good[3..]);
        TransferBatch empty = ingress.Submit(Honest, []);
        TransferBatch last = ingress.Submit(Honest, [Bad(1), .. s_good[..2], [1, 2, 3]]);
        ingress.Run();

        Assert.Equal((3, s_good.Length - 3, 2), (ingress.PassedOf(small), ingress.PassedOf(large), ingress.PassedOf(last)));
        Assert.Equal([Outcome.BadSignature, Outcome.Busy, Outcome.Busy, Outcome.Malformed], last.Answers.ToArray().Select(static answer => answer.Outcome));
        Assert.True(empty.WhenAnswered.IsCompletedSuccessfully);
        Assert.InRange(ingress.Counters.VerifyingRounds, s_good.Length / 48, (s_good.Length / 32) + 3);
    }

    [Fact]
    public void Batches_MoreThanMayWait_AreNotTakenUntilThereIsRoom()
    {
        using var ingress = new OneIngress(s_demo, waitingMax: 3);
        TransferBatch late = OneIngress.BatchOf(s_good[..1]);
        TransferBatch[] taken = [.. Enumerable.Range(0, 3).Select(number => ingress.Submit(Honest, s_good[number]))];
        Assert.False(ingress.TrySubmit(late));
        ingress.Run();
        Assert.True(ingress.TrySubmit(late));
        ingress.Run();

        Assert.All(taken.Append(late), batch => Assert.Equal(1, ingress.PassedOf(batch)));
    }

    [Fact]
    public void Flood_OfBadSignatures_CostsNoMoreThanItsSourceMay()
    {
        const long workMax = 3_000;
        using var ingress = new OneIngress(s_demo, change: static options => options with { SourceWorkMax = workMax, SourceWorkPerSecond = 1_000 });
        byte[][] bad = [.. Enumerable.Range(0, 64).Select(Bad)];
        TransferBatch[] flood = [.. Enumerable.Range(0, 100).Select(_ => ingress.Submit(Flooding, bad))];
        TransferBatch honest = ingress.Submit(Honest, s_good);
        ingress.Run();

        // One round was under way when the bucket ran empty; an honest signature takes no part in what the bad ones cost.
        long wastedByFlood = ingress.Counters.SignatureWorkWasted;
        long verifiedOfFlood = ingress.Counters.SignaturesVerified - (2 * s_good.Length);
        Assert.Equal(s_good.Length, ingress.PassedOf(honest));
        Assert.InRange(wastedByFlood, workMax, workMax + (20 * 512));
        Assert.InRange(verifiedOfFlood, 1, wastedByFlood / 10);
        Assert.Equal((100 * bad.Length) - verifiedOfFlood, ingress.Counters.HeldOff);
        Assert.Equal(Outcome.BadSignature, flood[0].Answers[0].Outcome);
        Assert.Equal(Outcome.Busy, flood[^1].Answers[0].Outcome);
    }

    [Fact]
    public void Source_ThatWasHeldOff_IsHeardAgainAfterAWhile()
    {
        using var ingress = new OneIngress(s_demo, change: static options => options with { SourceWorkMax = 300, SourceWorkPerSecond = 100 });
        ingress.Submit(Flooding, Enumerable.Range(0, 64).Select(Bad));
        ingress.Run();
        TransferBatch refused = ingress.Submit(Flooding, s_good[0]);
        ingress.Run();
        ingress.Run(TimeSpan.FromSeconds(60));
        TransferBatch heard = ingress.Submit(Flooding, s_good[0]);
        ingress.Run();

        Assert.Equal((0, 1), (ingress.PassedOf(refused), ingress.PassedOf(heard)));
        Assert.Equal(Outcome.Busy, refused.Answers[0].Outcome);
    }

    // One bad signature among many makes the equation of all of them fail. It does so once: from then on its source's are verified by themselves, behind
    // the others'.
    [Fact]
    public void Suspect_AmongOthers_SpoilsNoEquationButItsOwn()
    {
        using var ingress = new OneIngress(
            s_demo,
            change: static options => options with { SourceWorkPerSecond = 1, BytesWithBranchesMax = (s_good.Length + 30) * s_good[0].Length });
        ingress.Submit(Flooding, Bad(0));
        ingress.Run();
        ingress.HoldBranches();
        ingress.Submit(Honest, [.. s_good, .. s_good[..30]]);
        ingress.Run();
        (long wastedBefore, long roundsBefore) = (ingress.Counters.SignatureWorkWasted, ingress.Counters.VerifyingRounds);
        List<TransferBatch> honest = [];
        for (int number = 0; number < 30; number++)
        {
            honest.Add(ingress.Submit(Honest, s_good[number..(number + 6)]));
            ingress.Submit(Flooding, Bad(number));
        }

        ingress.Run();
        ingress.ReleaseBranches();
        ingress.Run();

        Assert.All(honest, batch => Assert.Equal(6, ingress.PassedOf(batch)));
        Assert.Equal(30 * 10, ingress.Counters.SignatureWorkWasted - wastedBefore);
        Assert.Equal(1 + 1, ingress.Counters.VerifyingRounds - roundsBefore);
    }

    private static byte[] Signed(int number) => s_demo.Pay(from: 1 + (number % 20), to: 30, amount: 5, nonce: (ulong)(number / 20) + 1, OneIngress.Now);

    // A bit of S, in the sender's signature.
    private static byte[] Bad(int number)
    {
        byte[] frame = Signed(number);
        frame[FrameLayout.ExtensionOffset + FrameLayout.KeyBytes + 40] ^= 1;
        return frame;
    }
}
