using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Faults;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>Standing acceptances that receivers register.</summary>
public sealed class AcceptanceTests
{
    [Fact]
    public void Register_AgainAfterTheLedgerRestartedInItsEpoch_BothAreKept()
    {
        var trap = new StepTrap("BeatEnded", StepVerdict.FailAfter) { Actor = "/clock", IsSet = false };
        using var ledger = new QuietLedger(observers: trap);
        Register(ledger, receiver: 0);
        trap.IsSet = true;
        ledger.Until(() => trap.Snapped == 1 && !ledger.Simulated.IsRunning, "the clock fails, and all with it");
        ledger.Until(() => ledger.Simulated.IsRunning, "the ledger runs again");
        Register(ledger, receiver: 1);

        ledger.Node.Crash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(1));
        ledger.Until(() => ledger.Simulated.IsRunning, "the ledger runs again");
        Assert.True(IsKept(ledger, receiver: 0));
        Assert.True(IsKept(ledger, receiver: 1));
    }

    private static void Register(QuietLedger ledger, int receiver) => Assert.Equal(
        Outcome.Committed,
        Answer(ledger, gateway => gateway.RegisterAcceptanceAsync(
            Parties.OfThread.Key(receiver).PublicKey, Parties.OfThread.Standing(receiver), CancellationToken.None)));

    private static bool IsKept(QuietLedger ledger, int receiver) => Answer(ledger, gateway => gateway.FindAcceptanceAsync(
        Parties.OfThread.Ids[receiver], Parties.OfThread.Ids[^1], new Amount(1), CancellationToken.None)) is not null;

    private static T Answer<T>(QuietLedger ledger, Func<LedgerGateway, Task<T>> ask)
    {
        Task<T> answer = ask(ledger.Simulated.Ledger!.Gateway);
        ledger.Until(() => answer.IsCompleted, "the question is answered");
        return answer.Result;
    }
}
