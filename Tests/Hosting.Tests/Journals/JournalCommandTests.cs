using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Journals;

public sealed class JournalCommandTests : IAsyncLifetime
{
    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private TestLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        Assert.Equal(Outcome.Committed, (await _ledger.SendAsync(_ledger.Pay(_alice, _bob, 100, nonce: 1)))[0].Outcome);
    }

    public Task DisposeAsync() => _ledger.DisposeAsync().AsTask();

    [Fact]
    public async Task Verify_GoodJournal_CountsWhatIsInIt()
    {
        await _ledger.StopNodeAsync();

        CommandRun run = (await CommandRun.OfAsync("journal", "verify", "--data", _ledger.Folder.Path, "-o", "json")).Ok();

        Assert.Equal(2, run.Json.GetProperty("pulses").GetInt64());
        Assert.Equal(2, run.Json.GetProperty("transfers").GetInt64());
        Assert.Equal(2UL, run.Json.GetProperty("sequence").GetUInt64());
        Assert.Equal("10.00", run.Json.GetProperty("supply").GetString());
    }

    [Fact]
    public async Task Verify_NodeRunning_IsBusy()
    {
        CommandRun run = await CommandRun.OfAsync("journal", "verify", "--data", _ledger.Folder.Path);

        Assert.Equal(ExitCode.Busy, run.ExitCode);
    }

    [Fact]
    public async Task Verify_FlippedBit_NamesFileAndOffset()
    {
        await _ledger.StopNodeAsync();
        string segment = Directory.GetFiles(_ledger.Folder.JournalFolder, "segment-*").Single();
        byte[] bytes = File.ReadAllBytes(segment);
        int amountAt = bytes.AsSpan().IndexOf(BitConverter.GetBytes(100UL));
        bytes[amountAt] ^= 1;
        File.WriteAllBytes(segment, bytes);

        CommandRun run = await CommandRun.OfAsync("journal", "verify", "--data", _ledger.Folder.Path);

        Assert.Equal(ExitCode.Corrupt, run.ExitCode);
        Assert.Contains(Path.GetFileName(segment), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AnotherCommitteesTrust_DoesNotHold()
    {
        await _ledger.StopNodeAsync();
        string trust = File.ReadAllText(_ledger.Folder.TrustFile).Replace(TestLedger.Key(200).PublicKey.ToString(), _bob.PublicKey.ToString(), StringComparison.Ordinal);
        string other = Path.Combine(_ledger.Folder.Path, "other.json");
        File.WriteAllText(other, trust);

        CommandRun run = await CommandRun.OfAsync("journal", "verify", "--data", _ledger.Folder.Path, "--trust", other);

        Assert.Equal(ExitCode.Corrupt, run.ExitCode);
        Assert.Contains("committee", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_WithTransfers_ShowsEachOfThem()
    {
        await _ledger.StopNodeAsync();

        CommandRun text = (await CommandRun.OfAsync("journal", "dump", "--data", _ledger.Folder.Path, "--transfers")).Ok();
        CommandRun json = (await CommandRun.OfAsync("journal", "dump", "--data", _ledger.Folder.Path, "--transfers", "-o", "json")).Ok();

        Assert.Contains($"Pay 1.00 from {AccountIds.Of(_alice.PublicKey)} to {AccountIds.Of(_bob.PublicKey)}, nonce 1", text.Out, StringComparison.Ordinal);
        Assert.Contains("pulse 2, ", text.Out, StringComparison.Ordinal);
        Assert.All(json.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => System.Text.Json.JsonDocument.Parse(line).Dispose());
        Assert.Equal(2, json.Out.Split('\n').Count(line => line.StartsWith("{\"transfer\":", StringComparison.Ordinal)));
    }
}
