using System.CommandLine;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Keys;

/// <summary><c>leither key encrypt FILE</c>.</summary>
internal sealed class KeyEncryptCommand : LeitherCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A plain key file; it is replaced by an encrypted one." };

    public KeyEncryptCommand()
        : base("encrypt", $"Encrypt a plain key file with a passphrase (asked for, or {KeyFiles.PassphraseVariable}).", "leither key encrypt alice.key") => Add(_file);

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string path = call.Required(_file);
        if (!KeyFiles.Read(path).IsPlain)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} is encrypted already.");
        }

        using PrivateKey key = KeyFiles.Open(path, call.Console);
        KeyFiles.Replace(path, KeyFiles.Encrypt(key, KeyFiles.NewPassphrase(path, call.Console)));
        var result = new KeyResult(AccountIds.Of(key.PublicKey).ToString(), key.PublicKey.ToString(), path, Encrypted: true);
        call.Write(result, CommandJson.Default.KeyResult, KeyResult.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
