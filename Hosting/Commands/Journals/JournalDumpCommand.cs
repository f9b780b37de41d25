using System.CommandLine;
using LeitherCluster.Hosting.Journals;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Commands.Journals;

/// <summary><c>leither journal dump</c>.</summary>
internal sealed class JournalDumpCommand : LeitherCommand
{
    private readonly Option<string> _data;
    private readonly Option<bool> _transfers = new("--transfers") { Description = "Show each transfer, too." };

    public JournalDumpCommand()
        : base(
            "dump",
            "Print a ledger's journal readably, a line a block. No node may run on the folder.",
            "leither journal dump --data ./data",
            "leither journal dump --data ./data --transfers -o json")
    {
        Add(DataOption.Create(out _data));
        Add(_transfers);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        var folder = new LedgerFolder(DataOption.FolderOf(call, _data));
        int decimals = LedgerParametersFile.Read(folder.ParametersFile).Decimals;
        JournalFolder.Inspect(folder, new JournalDump(call.Console.Out, call.Format, call.Value(_transfers), decimals));
        call.Console.Out.Flush();
        return Task.FromResult(ExitCode.Ok);
    }
}
