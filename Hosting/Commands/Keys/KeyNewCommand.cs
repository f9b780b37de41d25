using System.CommandLine;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Keys;

/// <summary><c>leither key new FILE</c>.</summary>
internal sealed class KeyNewCommand : LeitherCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The key file to write." };
    private readonly Option<bool> _plain = new("--plain") { Description = "Leave the key unencrypted. For development only." };

    public KeyNewCommand()
        : base("new", "Make a key, and with it an account id, and write it to a file.", "leither key new alice.key", "leither key new alice.key --plain -o json")
    {
        Add(_file);
        Add(_plain);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string path = call.Required(_file);
        bool isPlain = call.Value(_plain);
        KeyFiles.RequireFree(path);
        using PrivateKey key = PrivateKey.Generate();
        KeyFiles.WriteNew(path, isPlain ? KeyFile.Plain(key) : KeyFiles.Encrypt(key, KeyFiles.NewPassphrase(path, call.Console)));
        if (isPlain)
        {
            call.Note($"warning: {path} holds the key in the clear; whoever reads it can spend. Encrypt it with: leither key encrypt {path}");
        }

        var result = new KeyResult(AccountIds.Of(key.PublicKey).ToString(), key.PublicKey.ToString(), path, !isPlain);
        call.Write(result, CommandJson.Default.KeyResult, KeyResult.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
