using System.CommandLine;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Keys;

/// <summary><c>leither key show FILE</c>.</summary>
internal sealed class KeyShowCommand : LeitherCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The key file." };

    public KeyShowCommand()
        : base("show", "Show a key file's account id and public key. Needs no passphrase.", "leither key show alice.key") => Add(_file);

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string path = call.Required(_file);
        KeyFile file = KeyFiles.Read(path);
        var result = new KeyResult(AccountIds.Of(file.PublicKey).ToString(), file.PublicKey.ToString(), path, !file.IsPlain);
        call.Write(result, CommandJson.Default.KeyResult, KeyResult.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
