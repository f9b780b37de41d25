using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>The index of sealed ids on a disk that lets it down.</summary>
public sealed class PlacesTests : IDisposable
{
    /// <summary>The journal has set room aside, the index has not.</summary>
    private readonly QuietLedger _ledger = new(Scenario.Plain with
    {
        Journal = Scenario.Plain.Journal with { AllocationStepBytes = 1 << 20 },
        Index = new SealedIndexOptions { MemoryEntriesMax = 1 },
    });

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void DiskIsFull_ManyWindowsLater_NobodyIsToldThatACommittedTransferIsUnknown()
    {
        var frames = new List<byte[]>();
        var answers = new List<TransferAnswer>();
        _ledger.Node.Disk.IsFull = true;
        for (int pulse = 0; pulse < 10; pulse++)
        {
            frames.Add(_ledger.Maker.Issue(pulse, 100, _ledger.Later));
            answers.Add(Assert.Single(_ledger.Commit(frames[^1])));
        }

        Assert.All(answers, static answer => Assert.Equal(Outcome.Committed, answer.Outcome));
        SentTransfer[] repeats = _ledger.Send([.. frames]);
        _ledger.Until(() => _ledger.Simulated.Traffic.Underway == 0, "the batch is answered");
        Assert.All(repeats, static repeat => Assert.Null(repeat.Answer));

        _ledger.Node.Disk.IsFull = false;
        _ledger.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(answers, _ledger.Commit([.. frames]));
    }

    [Fact]
    public void ReadFails_WhileABatchIsLookedUp_TheBatchIsAnswered()
    {
        byte[] frame = _ledger.Maker.Issue(0, 100, _ledger.Later);
        TransferAnswer answer = Assert.Single(_ledger.Commit(frame));
        _ledger.Commit(_ledger.Maker.Issue(1, 100, _ledger.Later));
        _ledger.Simulated.IsExpected = static failure => failure is IOException;
        _ledger.Node.Disk.ReadsToFail = 1;
        Assert.Equal(answer, Assert.Single(_ledger.Commit(frame)));
        Assert.Equal(0, _ledger.Node.Disk.ReadsToFail);
    }
}
