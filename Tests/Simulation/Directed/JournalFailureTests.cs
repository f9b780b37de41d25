using LeitherCluster.Actors.Gateway;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>A journal that takes no more: the ledger stops and says so, and no branch tries for ever.</summary>
public sealed class JournalFailureTests
{
    [Fact]
    public void JournalFailsUnnoticed_TheNextTransferIsSealed_TheLedgerFailsAtOnce()
    {
        using var ledger = new QuietLedger();
        ledger.Simulated.IsExpected = static failure => failure is JournalFailedException or IOException;
        ledger.Node.Disk.WritesToFail = 1;
        _ = ledger.Simulated.Ledger!.Gateway.RegisterAcceptanceAsync(
            Parties.OfThread.Key(0).PublicKey, Parties.OfThread.Standing(0), CancellationToken.None);
        ledger.Until(() => ledger.Node.Disk.WritesToFail == 0, "the journal fails, and no pulse is waiting for it");

        TimeSpan sent = ledger.Simulated.Cluster.Now;
        ledger.Send(ledger.Maker.Issue(0, 10, ledger.Later));
        ledger.Until(() => ledger.Simulated.Status!.State == LedgerState.Failed, "the ledger says that it has failed");
        Assert.True(ledger.Simulated.Cluster.Now - sent < TimeSpan.FromSeconds(1));
    }
}
