using System.CommandLine;
using System.Text;
using LeitherCluster.Client;
using LeitherCluster.Hosting.Commands.Payments;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Hosting.Commands.Receipts;

/// <summary><c>leither receipt get ID --key KEY --file FILE</c>.</summary>
internal sealed class ReceiptGetCommand : ClientCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The transfer's id." };
    private readonly Option<string> _key = CommonOptions.Key("The key of the payer or the receiver.", isRequired: true);
    private readonly Option<string> _file = new("--file", "-f") { Description = "Where to save the receipt.", HelpName = "FILE", Required = true };

    public ReceiptGetCommand()
        : base("get", "Fetch the receipt of a committed transfer, as payer or receiver, and save it.", "leither receipt get 4b5c... --key alice.key --file receipt.json")
    {
        Add(_id);
        Add(_key);
        Add(_file);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        if (!Hash256.TryParse(call.Required(_id), out Hash256 id))
        {
            throw new CommandFailedException(ExitCode.BadInput, "A transfer id is 64 hexadecimal digits.");
        }

        string path = call.Required(_file);
        ReceiptFiles.RequireFree(path);
        using LedgerClient client = Connect(call);
        using PrivateKey key = References(call).OpenKey(call.Required(_key));
        byte[] receipt = await ReceiptFiles.FetchAsync(client, id, key, sender: null, path, cancel).ConfigureAwait(false);
        call.Console.Out.WriteLine(call.Format == OutputFormat.Json ? Encoding.UTF8.GetString(receipt) : $"Saved {path}. Check it with: leither receipt verify {path}");
        return ExitCode.Ok;
    }
}
