using LeitherCluster.Hosting.Commands;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Import;

public sealed class ImportTests : IDisposable
{
    private const string Payments = "from,to,amount,reference\nann,bob,10.25,a\nann,cid,0.05,b\nbob,ann,3.00,c\ncid,dan,1.10,d\nann,bob,10.25,a\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Import_PlayedThreeTimes_PaysEverythingAndReconciles()
    {
        CommandRun run = (await ImportAsync(Payments, rounds: 3)).Ok();

        Assert.Equal(15, run.Json.GetProperty("transfers").GetInt64());
        Assert.Equal(15, run.Json.GetProperty("transfersNow").GetInt64());
        Assert.Equal("73.95", run.Json.GetProperty("paid").GetString());
        Assert.Equal("73.95", run.Json.GetProperty("supply").GetString());
        Assert.Equal(4, run.Json.GetProperty("balancesEqual").GetInt32());
        (await CommandRun.OfAsync("journal", "verify", "--data", _folder["ledger"])).Ok();
    }

    [Fact]
    public async Task Import_Again_DoesNothingTwice()
    {
        CommandRun first = (await ImportAsync(Payments, rounds: 2)).Ok();
        CommandRun second = (await ImportAsync(Payments, rounds: 2)).Ok();

        Assert.Equal(0, second.Json.GetProperty("transfersNow").GetInt64());
        Assert.Equal(first.Json.GetProperty("sequence").GetUInt64(), second.Json.GetProperty("sequence").GetUInt64());
        Assert.Equal(first.Json.GetProperty("root").GetString(), second.Json.GetProperty("root").GetString());
    }

    [Fact]
    public async Task Import_AfterItsNotesWereLost_StillDoesNothingTwice()
    {
        CommandRun first = (await ImportAsync(Payments, rounds: 2)).Ok();
        Directory.Delete(Path.Combine(_folder["ledger"], "imports"), recursive: true);

        CommandRun second = (await ImportAsync(Payments, rounds: 2)).Ok();

        Assert.Equal(0, second.Json.GetProperty("transfersNow").GetInt64());
        Assert.Equal(first.Json.GetProperty("root").GetString(), second.Json.GetProperty("root").GetString());
    }

    [Fact]
    public async Task Import_OfASecondFileWithTheSameNames_AddsToTheFirst()
    {
        (await ImportAsync(Payments, rounds: 1)).Ok();
        CommandRun second = (await ImportAsync("from,to,amount\nann,eve,2.00\nbob,ann,50.00\n", rounds: 1)).Ok();

        // Ann kept 3.00 of the first file, which covers what she pays; Bob has 20.50 and is funded up to 50.00.
        Assert.Equal(2, second.Json.GetProperty("transfersNow").GetInt64());
        Assert.Equal(3, second.Json.GetProperty("balancesEqual").GetInt32());
        Assert.Equal("54.15", second.Json.GetProperty("supply").GetString());
    }

    [Fact]
    public async Task Import_AgainAfterALaterOneChangedItsAccounts_SaysThatItWasFinished()
    {
        const string Later = "from,to,amount\nann,eve,2.00\nbob,ann,50.00\n";
        CommandRun first = (await ImportAsync(Payments, rounds: 1)).Ok();
        CommandRun later = (await ImportAsync(Later, rounds: 1)).Ok();

        CommandRun again = (await ImportAsync(Payments, rounds: 1)).Ok();

        Assert.Contains("finished before, as of pulse", again.Error, StringComparison.Ordinal);
        Assert.Equal(0, again.Json.GetProperty("transfersNow").GetInt64());
        Assert.Equal(first.Json.GetProperty("root").GetString(), again.Json.GetProperty("root").GetString());
        Assert.Equal(later.Json.GetProperty("root").GetString(), (await ImportAsync(Later, rounds: 1)).Ok().Json.GetProperty("root").GetString());
    }

    [Fact]
    public async Task Import_FinishedButTheLedgerIsAnOlderOne_IsCorrupt()
    {
        (await ImportAsync(Payments, rounds: 1)).Ok();
        Directory.Delete(Path.Combine(_folder["ledger"], "journal"), recursive: true);

        CommandRun run = await ImportAsync(Payments, rounds: 1);

        Assert.Equal(ExitCode.Corrupt, run.ExitCode);
        Assert.Contains("only 0 of its 5 payments", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_StoppedInTheMiddle_GoesOnWhereItWas()
    {
        const int Rounds = 40;
        string file = _folder.Write("payments.csv", Payments);
        using var stop = new CancellationTokenSource();
        Task<CommandRun> running = CommandRun.OfAsync(["import", file, "--data", _folder["ledger"], "--repeat", $"{Rounds}", "-o", "json"], [], stop.Token);
        string imports = Path.Combine(_folder["ledger"], "imports");
        while (!running.IsCompleted && !Directory.Exists(imports))
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        CommandRun stopped = await running;
        CommandRun resumed = (await ImportAsync(Payments, Rounds)).Ok();

        Assert.Equal(ExitCode.Interrupted, stopped.ExitCode);
        Assert.Contains("Run the same command again", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(4, resumed.Json.GetProperty("balancesEqual").GetInt32());
        Assert.Equal(5 * Rounds, resumed.Json.GetProperty("transfers").GetInt64());
        Assert.Equal("986.00", resumed.Json.GetProperty("supply").GetString());
    }

    [Fact]
    public async Task Import_PayerWithMoreOrdersThanABundleHolds_SendsSeveralBundles()
    {
        string text = "from,to,amount\n" + string.Concat(Enumerable.Range(0, 2_500).Select(i => $"ann,receiver-{i % 7},0.01\n"));

        CommandRun run = (await ImportAsync(text, rounds: 3)).Ok();

        Assert.Equal(7_500, run.Json.GetProperty("transfers").GetInt64());
        Assert.Equal(8, run.Json.GetProperty("balancesEqual").GetInt32());
    }

    [Fact]
    public async Task Import_BadFile_LeavesNoLedgerBehind()
    {
        CommandRun run = await ImportAsync("from,to,amount\na,b,x\n", rounds: 1);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.False(Directory.Exists(_folder["ledger"]));
    }

    [Fact]
    public async Task Import_AmountsThatDoNotFit_IsRefusedBeforeAnythingIsDone()
    {
        CommandRun run = await ImportAsync("from,to,amount\na,b,184467440737095516.15\n", rounds: 2);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("do not fit", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["ledger"]));
    }

    [Fact]
    public async Task Import_FolderInUse_IsBusy()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();

        CommandRun run = await CommandRun.OfAsync("import", _folder.Write("p.csv", Payments), "--data", ledger.Folder.Path);

        Assert.Equal(ExitCode.Busy, run.ExitCode);
    }

    [Fact]
    public void Reconciliation_OfAFile_IsPlainArithmetic()
    {
        LeitherCluster.Hosting.Import.PaymentFile file = LeitherCluster.Hosting.Import.PaymentFile.Parse(System.Text.Encoding.UTF8.GetBytes(Payments), 2, "f");

        decimal[] expected = LeitherCluster.Hosting.Import.Reconciliation.Expect(file, 2, [0m, 0m, 5.00m, 0m]);

        // ann pays 41.10 and gets 6.00; bob pays 6.00 and gets 41.00; cid had 5.00, pays 2.20 and gets 0.10; dan gets 2.20.
        Assert.Equal([6.00m, 41.00m, 2.90m, 2.20m], expected);
    }

    private Task<CommandRun> ImportAsync(string text, int rounds) =>
        CommandRun.OfAsync("import", _folder.Write("payments.csv", text), "--data", _folder["ledger"], "--repeat", $"{rounds}", "-o", "json");
}
