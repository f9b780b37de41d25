using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Commands.Payments;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Organizations;

/// <summary><c>leither org grant --to ACCOUNT --amount DECIMAL</c>.</summary>
internal sealed class OrgGrantCommand : ClientCommand
{
    private readonly Option<string?> _key = new("--key", "-k") { Description = "The organization's key file; organization.key in the ledger's folder when left out.", HelpName = "FILE" };
    private readonly Option<string> _to = new("--to") { Description = "Who is granted: id, public key, key file or name:NAME.", HelpName = "ACCOUNT", Required = true };
    private readonly Option<string> _amount = CommonOptions.Amount("How much is created, such as 100.00.");
    private readonly TransferOptions _transfer = new();

    public OrgGrantCommand()
        : base(
            "grant",
            "Grant funds: the organization creates tokens for an account.",
            "leither org grant --to alice.key --amount 100.00 --wait",
            "leither org grant --key organization.key --to name:demo-1 --amount 5.00")
    {
        Add(_key);
        Add(_to);
        Add(_amount);
        _transfer.AddTo(this);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        KeyReferences references = References(call);
        string keyFile = call.Value(_key) ?? new LedgerFolder(DataOption.FolderOf(call, Data)).OrganizationKeyFile;
        using PrivateKey organization = KeyFiles.Open(keyFile, call.Console);
        LedgerView ledger = await LedgerView.OfAsync(client, cancel).ConfigureAwait(false);
        if (AccountIds.Of(organization.PublicKey) != ledger.Id.OrganizationAccount)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{keyFile} is not the key of the organization whose ledger {client.Endpoints[0]} keeps.");
        }

        var draft = new TransferBody
        {
            Kind = TransferKind.Issue,
            Receiver = references.AccountOf(call.Required(_to)),
            Amount = ledger.ParseAmount("--amount", call.Required(_amount)),
        };
        TransferResult result = await _transfer.SendAsync(
            call,
            new TransferSender(client, organization),
            draft,
            (frame, in body, key) => TransferBuilder.Issue(frame, body, key),
            mustCommit: false,
            cancel).ConfigureAwait(false);
        call.Write(result, ApiJson.Default.TransferResult, TransferOptions.WriteText);
        return ExitCode.Ok;
    }
}
