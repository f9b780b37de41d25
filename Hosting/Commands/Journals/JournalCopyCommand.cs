using System.CommandLine;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Journals.Copies;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Hosting.Views;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Commands.Journals;

/// <summary><c>leither journal copy</c>.</summary>
internal sealed class JournalCopyCommand : LeitherCommand
{
    private readonly Option<string> _from = new("--from") { Description = "A ledger's folder, or a database's address.", HelpName = "DIR|URL", Required = true };
    private readonly Option<string> _to = new("--to") { Description = "The other of the two. It must hold no journal.", HelpName = "DIR|URL", Required = true };
    private readonly Option<string> _writer = new("--writer")
    {
        Description = "In a database: the node that goes on with this journal.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "node",
    };

    public JournalCopyCommand()
        : base(
            "copy",
            "Copy a journal from files into PostgreSQL or back, and compare. No node may run on it. Into PostgreSQL an interrupted copy goes on where it stopped; into files it is all or nothing.",
            "leither journal copy --from ./data --to postgres://owner@db.example/ledger",
            "leither journal copy --from postgres://owner@db.example/ledger --to ./data -o json")
    {
        Add(_from);
        Add(_to);
        Add(_writer);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string from = call.Required(_from);
        string to = call.Required(_to);
        if (DatabaseAddress.IsAddress(from) == DatabaseAddress.IsAddress(to))
        {
            throw new CommandFailedException(ExitCode.BadInput, "One of --from and --to is a folder, the other an address like postgres://host/database.");
        }

        CopyResult result = DatabaseOption.Reaching(() => Copy(from, to, call.Value(_writer)!));
        call.Write(result, CommandJson.Default.CopyResult, WriteText);
        return Task.FromResult(ExitCode.Ok);
    }

    private static CopyResult Copy(string from, string to, string writer)
    {
        try
        {
            return DatabaseAddress.IsAddress(to)
                ? FilesToDatabase.Run(FolderOf(from, mustExist: true), DatabaseOption.Parse(to), writer)
                : CopyBack(from, to);
        }
        catch (DataFolderInUseException)
        {
            throw new CommandFailedException(ExitCode.Busy, $"A node runs on {from}. Stop it first.");
        }
        catch (JournalCorruptException exception)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The journal is corrupt. {exception.Message}.");
        }
    }

    private static CopyResult CopyBack(string from, string to)
    {
        CopyResult copied = DatabaseToFiles.Run(DatabaseOption.Parse(from), FolderOf(to, mustExist: false));
        DatabaseStorage.Forget(new LedgerFolder(to));
        return copied;
    }

    private static string FolderOf(string path, bool mustExist)
    {
        string folder = new LedgerFolder(path).JournalFolder;
        return !mustExist || Directory.Exists(folder)
            ? folder
            : throw new CommandFailedException(ExitCode.BadInput, $"There is no journal in {path}.");
    }

    private static void WriteText(TextWriter output, CopyResult copied)
    {
        output.WriteLine("Copied and compared.");
        output.WriteLine($"from         {copied.From}");
        output.WriteLine($"to           {copied.To}");
        output.WriteLine($"journal      {copied.Journal}");
        output.WriteLine($"blocks       {copied.Blocks:N0} in {copied.Groups:N0} groups, {ByteText.Format(copied.Bytes)}");
        output.WriteLine($"snapshots    {copied.Snapshots}");
        output.WriteLine($"fingerprint  {copied.Fingerprint}");
    }
}
