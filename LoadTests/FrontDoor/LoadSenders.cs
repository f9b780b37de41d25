using System.Diagnostics;
using LeitherCluster.Client;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>Who sends a prepared load: this process, or several generator processes.</summary>
internal sealed class LoadSenders(LedgerClient client, PreparedLoad load, PartyAccounts accounts, Scenario scenario, int underWayMax, GeneratorFleet? fleet)
{
    /// <summary>Attempts of other processes that failed and were made again.</summary>
    public long Retries => fleet?.Retries ?? 0;

    /// <summary>Begins to send.</summary>
    /// <param name="simulations">when batches are due</param>
    /// <param name="firstBatch">the first batch</param>
    /// <param name="endBatch">after the last</param>
    /// <param name="sent">takes down what becomes of it</param>
    public ILoadGenerator Start(IReadOnlyList<LoadSimulation> simulations, int firstBatch, int endBatch, SentFrames sent) => fleet is not null
        ? fleet.Load(simulations, firstBatch, endBatch, underWayMax, sent)
        : new FrontDoorGenerator(client, load, simulations, scenario, accounts, sent, new FrontDoorShare(firstBatch, endBatch, 0, 1, underWayMax, Stopwatch.GetTimestamp()));
}
