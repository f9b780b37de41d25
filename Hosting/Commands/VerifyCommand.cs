using System.CommandLine;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Commands;

/// <summary>A command that checks a file offline, knowing nothing but the file and whom to trust.</summary>
internal abstract class VerifyCommand : LeitherCommand
{
    private const int SizeBytesMax = 16 << 20;

    private readonly Argument<string> _file = new("FILE") { Description = "The file to check." };
    private readonly Option<string?> _trust = new("--trust") { Description = "The trust file; trust.json in the ledger's folder when left out.", HelpName = "FILE" };
    private readonly Option<string> _data;

    protected VerifyCommand(string description, params string[] examples)
        : base("verify", description, examples)
    {
        Add(_file);
        Add(_trust);
        Add(DataOption.Create(out _data));
    }

    /// <summary>The file's bytes.</summary>
    /// <exception cref="CommandFailedException">There is no such file, or it is too long.</exception>
    protected byte[] ReadFile(CommandCall call)
    {
        var file = new FileInfo(call.Required(_file));
        return !file.Exists ? throw new CommandFailedException(ExitCode.BadInput, $"There is no file {file}.")
            : file.Length > SizeBytesMax ? throw new CommandFailedException(ExitCode.BadInput, $"{file} is longer than {SizeBytesMax} bytes.")
            : File.ReadAllBytes(file.FullName);
    }

    /// <summary>Whom to trust.</summary>
    protected Trust ReadTrust(CommandCall call) => Trust.Read(call.Value(_trust) ?? new LedgerFolder(DataOption.FolderOf(call, _data)).TrustFile);
}
