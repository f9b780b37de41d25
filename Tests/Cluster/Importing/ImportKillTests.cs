using System.Globalization;
using System.Text.Json;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Importing;

/// <summary><c>kill -9</c> in the middle of an import: run again it goes on where it was, and pays nothing twice.</summary>
public sealed class ImportKillTests(ITestOutputHelper output)
{
    // A round waits for a pulse and few are in flight, so that so many take seconds on any machine: the kills find it at work.
    private const int Rounds = 240;
    private const int Parties = 60;
    private const int Lines = 100;
    private const int KillCount = 2;

    [Fact]
    public async Task Import_KilledAndRunAgain_ReconcilesToTheLastHundredth()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        using var folder = new TestFolder();
        string file = folder.In("payments.csv");
        string data = folder.In("books");
        var sheet = PaymentSheet.Make(seed, Parties, Lines);
        await File.WriteAllTextAsync(file, sheet.ToCsv());
        string[] arguments = [file, "--data", data, "--repeat", $"{Rounds}"];
        long total = (long)Rounds * Lines;

        for (int kill = 0; kill < KillCount; kill++)
        {
            using ImportProcess import = ImportProcess.Start(arguments);
            long done = await import.KillBehindAsync(kill * total / (KillCount + 1));
            output.WriteLine($"killed when {done} of {total} payments were done");
            Assert.InRange(done, 1, total - 1);
        }

        CommandResult finished = await LeitherProgram.RunAsync(["import", .. arguments, "-o", "json"]);
        Assert.True(finished.ExitCode == 0, finished.Error);
        using JsonDocument report = JsonDocument.Parse(finished.Output);
        Assert.Equal(total, report.RootElement.GetProperty("transfers").GetInt64());
        Assert.InRange(report.RootElement.GetProperty("transfersNow").GetInt64(), 1, total - 1);
        await AssertBalancesAsync(data, sheet);
        CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", data);
        Assert.True(verified.ExitCode == 0, verified.Error);
    }

    private static async Task AssertBalancesAsync(string data, PaymentSheet sheet)
    {
        using DemoParties parties = DemoParties.Of(data, sheet.Names);
        await using NodeProcess node = NodeProcess.Start("node", "--data", data, "--url", "http://127.0.0.1:0", "--open-inquiry", "true");
        using var client = new NodeClient(await node.WhenListeningAsync());
        for (int i = 0; i < sheet.Names.Count; i++)
        {
            AccountLine account = await client.AccountAsync(parties.Ids[i]);
            Assert.Equal((sheet.Names[i], sheet.BalanceOf(sheet.Names[i], Rounds)), (sheet.Names[i], DecimalOf(account.Balance)));
        }

        Assert.Equal(Rounds * sheet.Total, DecimalOf((await client.StatusAsync()).LastPulse!.Supply));
        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
    }

    private static decimal DecimalOf(string amount) => decimal.Parse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
