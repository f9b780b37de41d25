using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>An acceptance that is asked for again, as by whoever had no answer in time, is written once.</summary>
public sealed class RepeatedAcceptanceTests
{
    private const int Times = 50;

    [Fact]
    public async Task Register_SameAcceptanceManyTimes_IsAnsweredEachTimeAndWrittenOnce()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        using PrivateKey receiver = TestLedger.Key(1);
        StandingAcceptance acceptance = Of(ledger, receiver, 100);
        StandingAcceptance next = Of(ledger, receiver, 200);

        Outcome[] together = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => RegisterAsync(ledger, receiver, acceptance)));
        Outcome[] later = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => RegisterAsync(ledger, receiver, acceptance)));
        await RegisterAsync(ledger, receiver, next);
        RegisteredAcceptance? found = await ledger.Gateway.FindAcceptanceAsync(acceptance.Terms.Receiver, default, new Amount(150), CancellationToken.None);
        await ledger.StopNodeAsync();

        Assert.All([.. together, .. later], static outcome => Assert.Equal(Outcome.Committed, outcome));
        Assert.Equal(next, found!.Acceptance);
        CommandRun dump = (await CommandRun.OfAsync("journal", "dump", "--data", ledger.Folder.Path)).Ok();
        Assert.True(2 == dump.Out.Split('\n').Count(static line => line.StartsWith("  block ", StringComparison.Ordinal)), dump.Out);
    }

    private static Task<Outcome> RegisterAsync(TestLedger ledger, PrivateKey receiver, StandingAcceptance acceptance) =>
        ledger.Gateway.RegisterAcceptanceAsync(receiver.PublicKey, acceptance, CancellationToken.None);

    private static StandingAcceptance Of(TestLedger ledger, PrivateKey receiver, ulong largest) => StandingAcceptance.Sign(
        new StandingTerms
        {
            Version = StandingTerms.CurrentVersion,
            Ledger = ledger.Parameters.Ledger,
            Receiver = AccountIds.Of(receiver.PublicKey),
            LargestAmount = new Amount(largest),
            Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 600_000),
        },
        receiver);
}
