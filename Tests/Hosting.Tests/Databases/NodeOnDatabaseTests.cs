using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Tests.Hosting.Support;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Hosting.Databases;

/// <summary>A whole node with its journal in a database.</summary>
[Collection(ServerCollection.Name)]
public sealed class NodeOnDatabaseTests(PostgresServer server) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private readonly DatabaseAddress _database = server.NewJournal();

    private string Address => server.AddressText(_database.Database);

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public async Task Node_StartedAgain_HasWhatItCommitted()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(InDatabase);
        await ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        byte[] payment = ledger.Pay(_alice, _bob, 100, nonce: 1);
        TransferAnswer first = (await ledger.SendAsync(payment))[0];
        Assert.Equal(Outcome.Committed, first.Outcome);

        await ledger.RestartAsync(InDatabase);
        Assert.Equal(first, (await ledger.SendAsync(payment))[0]);
        Assert.Equal(Outcome.Committed, (await ledger.SendAsync(ledger.Pay(_bob, _alice, 30, nonce: 1)))[0].Outcome);
        await ledger.StopNodeAsync();

        CommandRun verified = (await VerifyAsync(ledger)).Ok();
        Assert.Equal(3, verified.Json.GetProperty("pulses").GetInt32());
        Assert.Equal(3, verified.Json.GetProperty("transfers").GetInt32());
        Assert.Equal(1, verified.Json.GetProperty("writers").GetInt32());
    }

    [Fact]
    public async Task Node_MovedFromFiles_GoesOnWhereItWas()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        await ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        AssertRefused(ExitCode.BadInput, "journal copy", await Assert.ThrowsAsync<CommandFailedException>(() => ledger.RestartAsync(InDatabase)));

        (await CommandRun.OfAsync("journal", "copy", "--from", ledger.Folder.Path, "--to", Address)).Ok();
        await ledger.RestartAsync(InDatabase);
        Assert.Equal(Outcome.Committed, (await ledger.SendAsync(ledger.Pay(_alice, _bob, 100, nonce: 1)))[0].Outcome);
        await ledger.StopNodeAsync();
        Assert.Equal(2, (await VerifyAsync(ledger)).Ok().Json.GetProperty("pulses").GetInt32());
        AssertRefused(ExitCode.BadInput, "--database", await Assert.ThrowsAsync<CommandFailedException>(() => ledger.RestartAsync()));

        Directory.Delete(ledger.Folder.JournalFolder, recursive: true);
        (await CommandRun.OfAsync("journal", "copy", "--from", Address, "--to", ledger.Folder.Path)).Ok();
        await ledger.RestartAsync();
        Assert.Equal(Outcome.Committed, (await ledger.SendAsync(ledger.Pay(_bob, _alice, 30, nonce: 1)))[0].Outcome);
    }

    [Fact]
    public async Task Node_AnotherLedgersDatabase_IsRefused()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(InDatabase);
        string other = server.AddressText(server.NewDatabase());
        (await CommandRun.OfAsync("db", "init", "--database", other)).Ok();
        AssertRefused(
            ExitCode.BadInput,
            "holds the journal",
            await Assert.ThrowsAsync<CommandFailedException>(() => ledger.RestartAsync(options => options with { Database = other })));
    }

    [Fact]
    public async Task Node_DatabaseThatIsAway_SaysSo()
    {
        CommandFailedException refused = await Assert.ThrowsAsync<CommandFailedException>(
            () => TestLedger.StartAsync(options => options with { Database = "postgres://nobody@127.0.0.1:1/none" }));
        Assert.Equal(ExitCode.Unreachable, refused.ExitCode);
    }

    [Fact]
    public async Task Node_OvertakenByAnother_CommitsNothingMore()
    {
        await using TestLedger first = await TestLedger.StartAsync(InDatabase);
        await first.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        await using TestLedger second = await TestLedger.StartAsync(options => InDatabase(options) with { Name = "second" });
        Assert.Equal(Outcome.Committed, (await second.SendAsync(second.Pay(_alice, _bob, 100, nonce: 1)))[0].Outcome);

        TransferAnswer late = (await first.SendAsync(first.Pay(_alice, _bob, 200, nonce: 2)))[0];
        Assert.NotEqual(Outcome.Committed, late.Outcome);
        Assert.Equal(LedgerState.Failed, first.Gateway.Status.State);
        Assert.Contains("Fenced", first.Gateway.Status.Reason, StringComparison.Ordinal);
        await second.StopNodeAsync();
        Assert.Equal(2, (await VerifyAsync(second)).Ok().Json.GetProperty("pulses").GetInt32());
    }

    [Fact]
    public async Task Node_ServerKilledAndStarted_HoldsThePulseAndGoesOn()
    {
        using var own = new PostgresServer();
        string address = own.AddressText(own.NewJournal().Database);
        await using TestLedger ledger = await TestLedger.StartAsync(options => options with { Database = address });
        await ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        own.StopAtOnce();
        Task<TransferAnswer[]> sent = ledger.SendAsync(ledger.Pay(_alice, _bob, 100, nonce: 1));
        await WaitForAsync(ledger, LedgerState.Holding);
        Assert.False(sent.IsCompleted);
        own.Start();
        Assert.Equal(Outcome.Committed, (await sent.WaitAsync(Patience))[0].Outcome);
    }

    private static void AssertRefused(ExitCode exitCode, string advice, CommandFailedException refused)
    {
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(TestLedger ledger, LedgerState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (ledger.Gateway.Status.State != state)
        {
            await looks.WaitForNextTickAsync(patience.Token);
        }
    }

    private NodeOptions InDatabase(NodeOptions options) => options with { Database = Address };

    private Task<CommandRun> VerifyAsync(TestLedger ledger) =>
        CommandRun.OfAsync("journal", "verify", "--data", ledger.Folder.Path, "--database", Address, "-o", "json");
}
