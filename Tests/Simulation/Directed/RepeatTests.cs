using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>The same transfer sent more than once: one effect, the same answer. That it takes effect once, the witness sees to.</summary>
public sealed class RepeatTests : IDisposable
{
    private readonly QuietLedger _ledger = new(Scenario.Plain with { Index = new SealedIndexOptions { MemoryEntriesMax = 1 } });

    public enum Kind
    {
        Pay,
        Issue,
        Bundle,
        Reserve,
        Post,
        Release,
    }

    public static TheoryData<Kind> Kinds => [.. Enum.GetValues<Kind>()];

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transfer_TwiceInOneWindow_HasOneEffectAndOneAnswer(Kind kind)
    {
        byte[] frame = Make(kind);
        TransferAnswer[] answers = _ledger.Commit(frame, frame);
        Assert.Equal(Outcome.Committed, answers[0].Outcome);
        Assert.Equal(answers[0], answers[1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transfer_InTwoBatchesOfOneWindow_HasOneEffectAndOneAnswer(Kind kind)
    {
        byte[] frame = Make(kind);
        SentTransfer[] sent = [.. _ledger.Send(frame), .. _ledger.Send(frame)];
        _ledger.Until(() => sent.All(static each => each.Answer is not null), "both are answered");
        Assert.Equal(Outcome.Committed, sent[0].Answer!.Value.Outcome);
        Assert.Equal(sent[0].Answer, sent[1].Answer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transfer_AgainInALaterWindow_GetsTheAnswerItGot(Kind kind)
    {
        byte[] frame = Make(kind);
        TransferAnswer answer = Commit(frame);
        Assert.Equal(answer, Commit(frame));
        Commit(_ledger.Maker.Issue(5, 1, _ledger.Later));
        Assert.Equal(answer, Commit(frame));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transfer_AgainAfterItExpired_GetsTheAnswerItGot(Kind kind)
    {
        var soon = new Timestamp(_ledger.Witness.AnnouncedAt.UnixMs + 2_000);
        byte[] frame = Make(kind, soon);
        TransferAnswer answer = Commit(frame);
        _ledger.Until(() => _ledger.Witness.AnnouncedAt > soon, "it has expired");
        Assert.Equal(answer, Commit(frame));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transfer_AgainAfterARestart_GetsTheAnswerItGot(Kind kind)
    {
        byte[] frame = Make(kind);
        TransferAnswer answer = Commit(frame);
        foreach (CrashKind crash in new[] { CrashKind.ProcessKill, CrashKind.PowerLoss })
        {
            _ledger.Node.Crash(crash, TimeSpan.FromMilliseconds(1));
            _ledger.Until(() => _ledger.Simulated.IsRunning, "the ledger runs again");
            Assert.Equal(answer, Commit(frame));
        }
    }

    private TransferAnswer Commit(byte[] frame)
    {
        TransferAnswer answer = Assert.Single(_ledger.Commit(frame));
        Assert.Equal(Outcome.Committed, answer.Outcome);
        return answer;
    }

    private byte[] Make(Kind kind, Timestamp? expiry = null)
    {
        const int From = 0;
        Timestamp until = expiry ?? _ledger.Later;
        if (kind != Kind.Issue)
        {
            Commit(_ledger.Maker.Issue(From, 1_000, _ledger.Later));
        }

        return kind switch
        {
            Kind.Pay => _ledger.Maker.Pay(From, 1, 10, until),
            Kind.Issue => _ledger.Maker.Issue(From, 10, until),
            Kind.Bundle => _ledger.Maker.Bundle(From, [1, 2, 3], 10, until),
            Kind.Reserve => _ledger.Maker.Reserve(From, 1, 2, 10, _ledger.Later, until),
            Kind.Post => _ledger.Maker.Post(Parties.OfThread.Ids[From], Hold(), Parties.OfThread.Ids[From], 4, until),
            _ => _ledger.Maker.Release(Parties.OfThread.Ids[From], Hold(), Parties.OfThread.Ids[1], until),
        };
    }

    private Hold Hold()
    {
        Commit(_ledger.Maker.Reserve(0, 1, 2, 10, _ledger.Later, _ledger.Later));
        return Assert.Single(_ledger.Witness.Ledger.Find(Parties.OfThread.Ids[0])!.Holds.Values);
    }
}
