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

/// <summary>A node by itself whose journal is in two databases.</summary>
[Collection(ServerCollection.Name)]
public sealed class NodeOnSpreadJournalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresServer _server;
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly JournalDatabases _databases;
    private readonly string _addresses;

    public NodeOnSpreadJournalTests(PostgresServer server)
    {
        _server = server;
        _databases = server.NewSpreadJournal(null, null);
        _addresses = string.Join(' ', _databases.All.Select(database => server.AddressText(database.Database)));
    }

    public void Dispose() => _alice.Dispose();

    [Fact]
    public async Task Node_StartedAgain_HasWhatItCommittedInBothDatabases()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Spread);
        await ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        var sent = new List<(byte[] Payment, TransferAnswer Answer)>();
        for (ulong nonce = 1; nonce <= 4; nonce++)
        {
            byte[] payment = ledger.Pay(_alice, TestLedger.Key((byte)(10 + nonce)), 10, nonce);
            TransferAnswer answer = (await ledger.SendAsync(payment))[0];
            Assert.Equal(Outcome.Committed, answer.Outcome);
            sent.Add((payment, answer));
        }

        await ledger.RestartAsync(Spread);
        foreach ((byte[] payment, TransferAnswer answer) in sent)
        {
            Assert.Equal(answer, (await ledger.SendAsync(payment))[0]);
        }

        await ledger.StopNodeAsync();
        CommandRun verified = (await CommandRun.OfAsync("journal", "verify", "--data", ledger.Folder.Path, "--database", _addresses, "-o", "json")).Ok();
        Assert.Equal(5, verified.Json.GetProperty("transfers").GetInt32());
        Assert.Equal(1, verified.Json.GetProperty("writers").GetInt32());
        Assert.All(_databases.All, database => Assert.True(_server.Ask<long>("SELECT count(*) FROM leither.blocks", database.Database) > 0));

        CommandFailedException refused = await Assert.ThrowsAsync<CommandFailedException>(
            () => ledger.RestartAsync(options => options with { Database = _server.AddressText(_databases.Main.Database) }));
        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Contains("2 databases, branches by turns", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Node_OneDatabaseAway_HoldsThePulseNamesItAndGoesOn(int away)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Spread);
        await ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        string name = _databases.All[away].Database;
        _server.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        _server.Execute($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");

        // The payee's credits go there, whoever pays.
        PrivateKey payee = Enumerable.Range(20, 100).Select(static seed => TestLedger.Key((byte)seed)).First(key => PartOf(key) == away);
        Task<TransferAnswer[]> sent = ledger.SendAsync(ledger.Pay(_alice, payee, 100, nonce: 1));
        using (var patience = new CancellationTokenSource(Patience))
        {
            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (ledger.Gateway.Status.State != LedgerState.Holding)
            {
                await looks.WaitForNextTickAsync(patience.Token);
            }
        }

        Assert.Contains(name, ledger.Gateway.Status.Reason, StringComparison.Ordinal);
        Assert.False(sent.IsCompleted);
        _server.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        Assert.Equal(Outcome.Committed, (await sent.WaitAsync(Patience))[0].Outcome);
    }

    /// <summary>The database of an account in a ledger of four branches: by the second bit of its id.</summary>
    private static int PartOf(PrivateKey key) => (Convert.ToInt32(AccountIds.Of(key.PublicKey).ToString()[..1], 16) >> 2) & 1;

    private NodeOptions Spread(NodeOptions options) => options with { Database = _addresses };
}
