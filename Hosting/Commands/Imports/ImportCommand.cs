using System.CommandLine;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Demo;
using LeitherCluster.Hosting.Import;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Imports;

/// <summary><c>leither import FILE --data DIR --repeat N</c>.</summary>
internal sealed class ImportCommand : LeitherCommand
{
    private const int PulseCycleMs = 100;

    private readonly Argument<string> _file = new("FILE") { Description = "CSV with the columns from, to, amount and perhaps reference; from and to are names." };
    private readonly Option<string> _data;

    private readonly Option<int> _repeat = new("--repeat")
    {
        Description = "Play the file so many times, as with standing orders that are paid once a month.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public ImportCommand()
        : base(
            "import",
            "Play a file of payments into a ledger's folder, in this process, and compare every balance. Stopped or killed, it goes on where it was when run again.",
            "leither import payments.csv --data ./books",
            "leither import payment-orders.csv --data ./books --repeat 72 -o json")
    {
        Add(_file);
        Add(DataOption.Create(out _data));
        Add(_repeat);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int rounds = call.Value(_repeat);
        if (rounds is < 1 or > ImportPlan.RoundCountMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--repeat must be from 1 to {ImportPlan.RoundCountMax}.");
        }

        string file = call.Required(_file);
        var folder = new LedgerFolder(DataOption.FolderOf(call, _data));
        ImportPlan plan = PlanOf(file, rounds, folder, call);
        using PrivateKey organization = KeyFiles.Open(folder.OrganizationKeyFile, call.Console);
        LedgerParameters parameters = LedgerParametersFile.Read(folder.ParametersFile);
        using var accounts = new ImportAccounts(plan.File.Names, organization, parameters.Ledger, call.Console.Clock.GetUtcNow());

        using ILoggerFactory logs = LoggerFactory.Create(logging => NodeLogging.Configure(logging, LogLevel.Warning));
        var options = new NodeOptions { DataFolder = folder.Path, PulseCycleMs = PulseCycleMs };
        LedgerNode node = await LedgerNode.StartAsync(options, parameters, NodeHost.BookkeeperOf(folder, call.Console), logs, NodeFate.None, cancel).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            await node.WhenRunningAsync(cancel).ConfigureAwait(false);
            var importer = new Importer(node.Gateway, plan, accounts, organization, call.Console.Clock);
            ImportReport report = await RunAsync(importer, file, plan, folder, call, cancel).ConfigureAwait(false);
            call.Write(report, ImportJson.Default.ImportReport, ImportReport.WriteText);
            return report.Differences.Count == 0 ? ExitCode.Ok : ExitCode.Corrupt;
        }
    }

    private static ImportPlan PlanOf(string file, int rounds, LedgerFolder folder, CommandCall call)
    {
        // The file is read before anything is made: a bad one leaves no trace.
        int decimals = folder.HasLedger ? LedgerParametersFile.Read(folder.ParametersFile).Decimals : DemoLedger.Decimals;
        ImportPlan plan = ImportPlan.Of(PaymentFile.Read(file, decimals), rounds);
        if (DemoLedger.Prepare(folder))
        {
            call.Note($"Made a demonstration organization in {folder.Path}; its key, {folder.OrganizationKeyFile}, is in the clear.");
        }

        return plan;
    }

    private static async Task<ImportReport> RunAsync(Importer importer, string file, ImportPlan plan, LedgerFolder folder, CommandCall call, CancellationToken cancel)
    {
        string manifest = ImportManifest.PathOf(folder.ImportFolder, plan.File.Digest, plan.RoundCount);
        try
        {
            return await importer.RunAsync(Path.GetFileName(file), folder.ImportFolder, manifest, call, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Interrupted, "Stopped before it was done. Run the same command again to go on.");
        }
    }
}
