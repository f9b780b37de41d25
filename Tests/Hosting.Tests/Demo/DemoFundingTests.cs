using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Demo;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Demo;

/// <summary>The demonstration accounts get their money however long the ledger takes to answer.</summary>
public sealed class DemoFundingTests
{
    private const int Unanswered = 9;

    [Fact]
    public async Task RunUntilDone_LedgerThatDoesNotAnswerForLong_GoesOnAndSaysSo()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        var time = new HurriedTime();
        using var accounts = new DemoAccounts(ledger.Organization, ledger.Parameters.Ledger, time.GetUtcNow());
        var gateway = new ReluctantGateway(ledger.Gateway, Unanswered);
        var notes = new List<string>();

        await new DemoFunding(gateway, accounts, ledger.Organization, time).RunUntilDoneAsync(notes.Add, CancellationToken.None);

        Assert.Equal(Unanswered, notes.Count);
        Assert.All(notes, note => Assert.Contains("trying again", note, StringComparison.Ordinal));
        AccountAnswer? funded = await ledger.Gateway.ReadAccountAsync(accounts.Ids[^1], null, CancellationToken.None);
        Assert.Equal(DemoLedger.Opening, funded!.Record!.Value.Balance);
        Assert.NotNull(await ledger.Gateway.FindAcceptanceAsync(accounts.Ids[^1], accounts.Ids[0], DemoLedger.Opening, CancellationToken.None));
    }

    /// <summary>Waits for nothing.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
