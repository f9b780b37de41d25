using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Faults;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>Actors that fail at certain messages: the ledger goes on, and everybody is answered.</summary>
public sealed class ActorFailureTests
{
    /// <summary>Each message of a pulse, at the actor that is to fail there.</summary>
    public static TheoryData<string, string> Messages => new()
    {
        { "OpenBeat", "/trunk" },
        { "OpenBeat", "/exchange" },
        { "SealWindow", "/branches/" },
        { "BranchSealed", "/exchange" },
        { "GroupPersisted", "/exchange" },
        { "ApplyCredits", "/branches/" },
        { "BeatCovered", "/trunk" },
        { "BranchReport", "/trunk" },
        { "TrunkReport", "/chief" },
        { "GroupPersisted", "/chief" },
        { "PulseCommitted", "/exchange" },
        { "PulseCommitted", "/branches/" },
        { "BeatEnded", "/exchange" },
        { "BeatEnded", "/clock" },
        { "BeatEnded", "/ingress" },
        { "IndexWindow", "/places" },
        { "Tick", "/clock" },
    };

    /// <summary>Messages that carry somebody's batch. Their receivers take it over before anything can fail, so they fail after them only.</summary>
    public static TheoryData<string, string> Carriers => new()
    {
        { "SubmitBatch", "/ingress" },
        { "BranchSlice", "/branches/" },
        { "ShardEnvelope<UInt32>", "/branches" },
        { "FindPlaces", "/places" },
        { "PlacesFound", "/branches/" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Actor_FailsBeforeAMessage_TheLedgerGoesOn(string message, string actor) => FailOnce(message, actor, StepVerdict.FailBefore);

    [Theory]
    [MemberData(nameof(Messages))]
    [MemberData(nameof(Carriers))]
    public void Actor_FailsAfterAMessage_TheLedgerGoesOn(string message, string actor) => FailOnce(message, actor, StepVerdict.FailAfter);

    private static void FailOnce(string message, string actor, StepVerdict verdict)
    {
        var trap = new StepTrap(message, verdict) { Actor = actor, IsSet = false };
        using var ledger = new QuietLedger(observers: trap);
        ledger.Commit([.. Enumerable.Range(0, 8).Select(party => ledger.Maker.Issue(party, 1_000, ledger.Later))]);
        trap.IsSet = true;

        for (int round = 0; round < 3; round++)
        {
            byte[][] pays = [.. Enumerable.Range(0, 8).Select(party => ledger.Maker.Pay(party, 7 - party, 10, ledger.Later))];
            TransferAnswer[] answers = ledger.Commit(pays);
            Assert.All(answers, answer => Assert.Equal(Outcome.Committed, answer.Outcome));
            Assert.Equal(answers, ledger.Commit(pays));
        }

        Assert.Equal(1, trap.Snapped);
    }
}
