using System.CommandLine;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Journals;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Journals;

/// <summary><c>leither journal verify</c>.</summary>
internal sealed class JournalVerifyCommand : LeitherCommand
{
    private readonly Option<string> _data;
    private readonly Option<string?> _trust = new("--trust") { Description = "The trust file; trust.json in the folder when left out.", HelpName = "FILE" };
    private readonly Option<bool> _quick = new("--quick") { Description = "Leave out the transfers' own signatures and ids, which are most of the work." };

    private readonly Option<string?> _database = DatabaseOption.Repeatable(
        "The journal is in this database, postgres://user@host/name, or in all that are given so; else where the folder's node had it last. Nodes may run on it. Parameters and trust file are the folder's.");

    public JournalVerifyCommand()
        : base(
            "verify",
            "Walk a ledger's journal from end to end: checksums, chains, windows, signatures, supply. No node may run on a journal of files.",
            "leither journal verify --data ./data",
            "leither journal verify --data ./data --quick -o json",
            "leither journal verify --data ./data --database postgres://leither@db.example/ledger")
    {
        Add(DataOption.Create(out _data));
        Add(_trust);
        Add(_quick);
        Add(_database);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        var folder = new LedgerFolder(DataOption.FolderOf(call, _data));
        LedgerParameters parameters = LedgerParametersFile.Read(folder.ParametersFile);
        var trust = Trust.Read(call.Value(_trust) ?? folder.TrustFile);
        var check = new LedgerJournalCheck(parameters, trust, checksTransfers: !call.Value(_quick));
        JournalSize size = (call.Value(_database) ?? DatabaseStorage.AddressOf(folder)) is { } database
            ? JournalSize.Of(JournalDatabase.Inspect(DatabaseOption.Parse(database), check))
            : JournalSize.Of(JournalFolder.Inspect(folder, check));
        call.Write(JournalVerified.Of(size, check, trust), CommandJson.Default.JournalVerified, JournalVerified.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
